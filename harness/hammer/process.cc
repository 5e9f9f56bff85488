// SPDX-License-Identifier: GPL-2.0-only
#include "hammer/process.h"

#include <fcntl.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <format>

#include "kmod/uapi/mmuwitness.h"
#include "kmod/uapi/reference.h"
#include "vmm/arch.h"

namespace mmuw::hammer {

Process::Process(const Orders& orders, unsigned number, Shared& shared, int send_end,
                 int receive_end)
    : orders_(orders),
      number_(number),
      shared_(shared),
      send_end_(send_end),
      receive_end_(receive_end),
      arena_(kArenaBytes) {
    if (orders.kvm) vm_type_ = arch::vm_type(Kvm());
    for (auto& slots : fds_)
        for (auto& fd : slots) fd = -1;
    for (unsigned slot = 0; slot < kSlots; slot++)
        files_[slot] = std::format("{}/hammer-{}-{}", orders.directory, number_, slot);
}

Process::~Process() {
    for (auto& slots : fds_)
        for (auto& fd : slots)
            if (fd >= 0) close(fd);
}

namespace {

// Of the VMs in the four slots: bitmaps, bitmaps cleared by hand (in both ways), a ring. It is too
// late for that once somebody has made a vCPU or a memslot.
void enable_log(int vm, unsigned slot) {
    kvm_enable_cap cap{};
    cap.cap = slot == 3 ? KVM_CAP_DIRTY_LOG_RING_ACQ_REL : KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2;
    cap.args[0] = slot == 3 ? 1024 * sizeof(kvm_dirty_gfn) : slot == 1 ? 1 : 3;
    if (slot != 0) ioctl(vm, KVM_ENABLE_CAP, &cap);
}

}  // namespace

// Calls on a session that is not started end early. In slot 0 they may do so.
void Process::start_session(int device, bool reference) {
    const mmuwitness_start how{.mmu = reference ? MMUWITNESS_MMU_REFERENCE : MMUWITNESS_MMU_KVM,
                               .reserved = 0};
    if (ioctl(device, MMUWITNESS_START, &how) == 0) shared_.sessions++;
}

int Process::peek(Target target, unsigned slot) const {
    return fds_[static_cast<std::size_t>(target)][slot].load(std::memory_order_relaxed);
}

int Process::take(Target target, unsigned slot) {
    return fds_[static_cast<std::size_t>(target)][slot].exchange(-1);
}

void Process::put(Target target, unsigned slot, int fd) {
    const int old = fds_[static_cast<std::size_t>(target)][slot].exchange(fd);
    if (old >= 0) close(old);
}

int Process::descriptor(Target target, unsigned slot) {
    const int fd = peek(target, slot);
    if (fd >= 0) return fd;
    const int made = make(target, slot);
    for (unsigned other = 0; made < 0 && other < kSlots; other++)
        if (const int another = peek(target, other); another >= 0) return another;
    if (made < 0) return -1;
    int none = -1;
    auto& place = fds_[static_cast<std::size_t>(target)][slot];
    if (place.compare_exchange_strong(none, made)) return made;
    close(made);  // somebody else was here
    return none;
}

// Only system calls: a child of a process with threads comes here as well.
int Process::make(Target target, unsigned slot) {
    switch (target) {
        case Target::device: {
            const int device = open(MMUWITNESS_DEVICE, O_RDWR | O_CLOEXEC);
            if (device >= 0 && slot != 0) start_session(device, slot % 2 == 0 || !orders_.kvm);
            return device;
        }
        case Target::reference:
            return open(MMUWITNESS_REFERENCE, O_RDWR | O_CLOEXEC);
        case Target::vm: {
            const int device = descriptor(Target::reference, slot);
            if (device < 0) return -1;
            const int vm = ioctl(device, KVM_CREATE_VM,
                                 static_cast<unsigned long>(slot % MMUWITNESS_REF_VARIANTS));
            if (vm >= 0) shared_.vms++;
            enable_log(vm, slot);
            return vm;
        }
        case Target::vcpu: {
            const int vm = descriptor(Target::vm, slot);
            for (unsigned long id = 0; vm >= 0 && id < 4; id++)
                if (const int vcpu = ioctl(vm, KVM_CREATE_VCPU, id); vcpu >= 0) return vcpu;
            return -1;
        }
        case Target::kvm_vm: {
            if (!orders_.kvm) return -1;
            const Fd kvm(open("/dev/kvm", O_RDWR | O_CLOEXEC));
            const int vm = ioctl(kvm.get(), KVM_CREATE_VM, vm_type_);
            if (vm >= 0) shared_.vms++;
            return vm;
        }
        case Target::file: {
            const int fd = open(files_[slot].c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
            if (fd >= 0 && ftruncate(fd, 1 << 20) != 0) {
                close(fd);
                return -1;
            }
            return fd;
        }
        case Target::kTargets:
            break;
    }
    return -1;
}

}  // namespace mmuw::hammer
