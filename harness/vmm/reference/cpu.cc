// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/reference/cpu.h"

#include <sys/ioctl.h>

#include <cerrno>
#include <cstring>

#include "guest/interpreter.h"
#include "kmod/uapi/reference.h"

namespace mmuw {

namespace {

// What the payload's architectures have in instructions.
struct Arch {
    ReferenceCpu& cpu;

    void doorbell() const { cpu.doorbell(); }
    void relax() const { cpu.relax(); }
    // The access was an ioctl, and stores release.
    static void write_done() {}
    std::uint64_t load(std::uint64_t address) const { return cpu.load(address); }
    void store(std::uint64_t address, std::uint64_t value) const { cpu.store(address, value); }
    std::uint64_t add(std::uint64_t address, std::uint64_t addend) const {
        return cpu.add(address, addend);
    }
};

}  // namespace

ReferenceCpu::ReferenceCpu(int vcpu_fd, kvm_run& run, guest::Control& control)
    : fd_(vcpu_fd), run_(run), control_(control), stack_(new std::byte[kStackBytes]) {
    getcontext(&guest_);
    guest_.uc_stack.ss_sp = stack_.get();
    guest_.uc_stack.ss_size = kStackBytes;
    // makecontext() passes ints.
    const auto self = reinterpret_cast<std::uintptr_t>(this);
    makecontext(&guest_, reinterpret_cast<void (*)()>(&begin), 2, static_cast<unsigned>(self >> 32),
                static_cast<unsigned>(self));
}

void ReferenceCpu::begin(unsigned upper, unsigned lower) {
    auto* self = reinterpret_cast<ReferenceCpu*>(std::uintptr_t{upper} << 32 | lower);
    guest::Interpreter<Arch>(&self->control_, Arch{*self}).serve();
}

int ReferenceCpu::enter() {
    error_ = 0;
    swapcontext(&vmm_, &guest_);
    return error_;
}

void ReferenceCpu::leave(std::uint32_t reason, int error) {
    run_.exit_reason = reason;
    error_ = error;
    swapcontext(&guest_, &vmm_);
}

void ReferenceCpu::leave_if_kicked() {
    while (__atomic_load_n(&run_.immediate_exit, __ATOMIC_SEQ_CST) != 0)
        leave(KVM_EXIT_INTR, EINTR);
}

void ReferenceCpu::doorbell() {
    leave(KVM_EXIT_HLT);
}

void ReferenceCpu::relax() {
    leave_if_kicked();
}

std::uint64_t ReferenceCpu::access(std::uint32_t op, std::uint64_t address, std::uint64_t value) {
    for (;;) {
        leave_if_kicked();
        mmuwitness_ref_access access{.gpa = address, .value = value, .op = op, .reserved = 0};
        if (ioctl(fd_, MMUWITNESS_REF_ACCESS, &access) == 0) return access.value;
        switch (errno) {
            case EINTR:
                leave(KVM_EXIT_INTR, EINTR);
                break;
            case EXFULL:
                leave(KVM_EXIT_DIRTY_RING_FULL);
                break;
            case ENOENT: {  // the VMM is the device
                run_.mmio.phys_addr = address;
                run_.mmio.len = sizeof value;
                run_.mmio.is_write = op != MMUWITNESS_REF_LOAD;
                std::memcpy(run_.mmio.data, &value, sizeof value);
                leave(KVM_EXIT_MMIO);
                std::memcpy(&value, run_.mmio.data, sizeof value);
                return value;
            }
            default:
                leave(KVM_EXIT_UNKNOWN, errno);
        }
    }
}

std::uint64_t ReferenceCpu::load(std::uint64_t address) {
    return access(MMUWITNESS_REF_LOAD, address, 0);
}

void ReferenceCpu::store(std::uint64_t address, std::uint64_t value) {
    access(MMUWITNESS_REF_STORE, address, value);
}

std::uint64_t ReferenceCpu::add(std::uint64_t address, std::uint64_t addend) {
    return access(MMUWITNESS_REF_ADD, address, addend);
}

}  // namespace mmuw
