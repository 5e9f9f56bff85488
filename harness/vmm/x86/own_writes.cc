// SPDX-License-Identifier: GPL-2.0-only
// What KVM itself writes into a guest's memory: Documentation/virt/kvm/x86/msr.rst.
#include <linux/kvm.h>

#include <array>

#include "vmm/arch.h"
#include "vmm/vcpu.h"

namespace mmuw::arch {
namespace {

// Not in the headers for user space.
constexpr std::uint32_t kWallClock = 0x4b564d00;
constexpr std::uint32_t kSystemTime = 0x4b564d01;
constexpr std::uint32_t kStealTime = 0x4b564d03;
constexpr std::uint64_t kEnabled = 1;

struct OneMsr {
    kvm_msrs head;
    kvm_msr_entry entry;
};

void set_msr(const Vcpu& vcpu, std::uint32_t index, std::uint64_t value) {
    OneMsr msrs{.head = {.nmsrs = 1}, .entry = {.index = index, .data = value}};
    vcpu.control(KVM_SET_MSRS, &msrs, "KVM_SET_MSRS");
}

void begin_clock(const Vcpu& vcpu, std::uint64_t gpa) {
    set_msr(vcpu, kSystemTime, gpa | kEnabled);
}

// "The guest was paused": told in the clock's flags.
void write_clock(const Vcpu& vcpu) {
    vcpu.control(KVM_KVMCLOCK_CTRL, nullptr, "KVM_KVMCLOCK_CTRL");
}

void begin_steal_time(const Vcpu& vcpu, std::uint64_t gpa) {
    set_msr(vcpu, kStealTime, gpa | kEnabled);
}

// By every entry after the vCPU was loaded.
void write_steal_time(const Vcpu& /*vcpu*/) {}

void begin_wall_clock(const Vcpu& vcpu, std::uint64_t gpa) {
    set_msr(vcpu, kWallClock, gpa);
}

void write_wall_clock(const Vcpu& vcpu) {
    OneMsr msrs{.head = {.nmsrs = 1}, .entry = {.index = kWallClock}};
    vcpu.control(KVM_GET_MSRS, &msrs, "KVM_GET_MSRS");
    set_msr(vcpu, kWallClock, msrs.entry.data);
}

}  // namespace

std::string emulation_setting() {
    return "/sys/module/kvm/parameters/force_emulation_prefix";
}

std::span<const OwnWrite> own_writes() {
    static constexpr std::array kAll = {
        OwnWrite{begin_clock, write_clock},
        OwnWrite{begin_steal_time, write_steal_time},
        OwnWrite{begin_wall_clock, write_wall_clock},
    };
    return kAll;
}

}  // namespace mmuw::arch
