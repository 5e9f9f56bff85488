// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/vcpu.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <ctime>
#include <format>
#include <thread>
#include <utility>

#include "base/sys_error.h"
#include "vmm/arch.h"
#include "vmm/thread_timer.h"

namespace mmuw {
namespace {

using namespace std::chrono_literals;

// For one page, of the CPU's time: that of busy neighbours does not count.
constexpr std::chrono::nanoseconds kPatience = 20ms;

std::chrono::nanoseconds cpu_time() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

}  // namespace

Vcpu::Vcpu(const Vm& vm, unsigned id)
    : vm_(vm),
      id_(id),
      fd_(kvm_ioctl(vm.fd(), KVM_CREATE_VCPU, static_cast<unsigned long>(id),
                    std::format("KVM_CREATE_VCPU({})", id))),
      run_(vm.kvm().vcpu_mmap_bytes(), PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get()) {}

int Vcpu::control(unsigned long request, void* argument, const std::string& call) const {
    return kvm_ioctl(fd(), request, argument, std::format("vCPU {}: {}", id_, call));
}

bool Vcpu::prefault(std::uint64_t gpa, std::uint64_t bytes) const {
    kvm_pre_fault_memory range{};
    range.gpa = gpa;
    range.size = bytes;
    ThreadTimer timer(gettid());
    timer.set(kPatience, kPatience);
    auto begin = cpu_time();
    while (range.size != 0) {
        const std::uint64_t left = range.size;
        try {
            control(KVM_PRE_FAULT_MEMORY, &range,
                    std::format("KVM_PRE_FAULT_MEMORY({:#x}, {} bytes)", gpa, bytes));
        } catch (const SysError& error) {
            // Interrupted, it has updated the range. EAGAIN: its memslot is about to go.
            if (error.code().value() == EAGAIN)
                std::this_thread::sleep_for(1ms);
            else if (error.code().value() != EINTR)
                throw;
        }
        if (range.size != left)
            begin = cpu_time();
        else if (cpu_time() - begin > kPatience)
            return false;
    }
    return true;
}

void Vcpu::run_here(std::unique_ptr<ReferenceCpu> cpu) {
    here_ = std::move(cpu);
}

bool Vcpu::rings_doorbell() const {
    return here_ ? run().exit_reason == KVM_EXIT_HLT : arch::is_doorbell(*this);
}

std::string Vcpu::describe() const noexcept {
    return here_ ? "of the reference MMU" : arch::describe(*this);
}

int Vcpu::enter() const {
    if (here_) return here_->enter();
    return ioctl(fd(), KVM_RUN, 0) == 0 ? 0 : errno;
}

}  // namespace mmuw
