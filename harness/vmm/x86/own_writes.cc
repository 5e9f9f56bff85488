// SPDX-License-Identifier: GPL-2.0-only
// What KVM itself writes into a guest's memory: Documentation/virt/kvm/x86/msr.rst, and for guests
// of Xen's kind api.rst, KVM_XEN_VCPU_SET_ATTR.
#include <linux/kvm.h>

#include <format>
#include <vector>

#include "vmm/arch.h"
#include "vmm/vcpu.h"
#include "vmm/x86/msr.h"

namespace mmuw::arch {
namespace {

// Not in the headers for user space.
constexpr std::uint32_t kWallClock = 0x4b564d00;
constexpr std::uint32_t kSystemTime = 0x4b564d01;
constexpr std::uint32_t kStealTime = 0x4b564d03;
constexpr std::uint64_t kEnabled = 1;
// struct pvclock_vcpu_time_info, struct kvm_steal_time
constexpr std::uint64_t kClockBytes = 32, kStealTimeBytes = 64;
constexpr std::size_t kStealTimeVersion = 8;

void begin_clock(const Vcpu& vcpu, std::uint64_t gpa) {
    x86::set_msr(vcpu, kSystemTime, gpa | kEnabled);
}

// "The guest was paused": told in the clock's flags.
void write_clock(const Vcpu& vcpu) {
    vcpu.control(KVM_KVMCLOCK_CTRL, nullptr, "KVM_KVMCLOCK_CTRL");
}

void begin_steal_time(const Vcpu& vcpu, std::uint64_t gpa) {
    x86::set_msr(vcpu, kStealTime, gpa | kEnabled);
}

// By every entry after the vCPU was loaded.
void write_steal_time(const Vcpu& /*vcpu*/) {}

void begin_wall_clock(const Vcpu& vcpu, std::uint64_t gpa) {
    x86::set_msr(vcpu, kWallClock, gpa);
}

void write_wall_clock(const Vcpu& vcpu) {
    x86::set_msr(vcpu, kWallClock, x86::get_msr(vcpu, kWallClock));
}

template <int kFlag>
bool has_xen(const Kvm& kvm) {
    return (kvm.check_extension(KVM_CAP_XEN_HVM) & kFlag) != 0;
}

template <std::uint16_t kType>
void begin_xen(const Vcpu& vcpu, std::uint64_t gpa) {
    kvm_xen_vcpu_attr attribute{.type = kType};
    attribute.u.gpa = gpa;
    vcpu.control(KVM_XEN_VCPU_SET_ATTR, &attribute,
                 std::format("KVM_XEN_VCPU_SET_ATTR(type {}, {:#x})", kType, gpa));
}

// Running, as before: when that began, and for how long it has been so by now, are new.
void write_xen_runstate(const Vcpu& vcpu) {
    kvm_xen_vcpu_attr attribute{.type = KVM_XEN_VCPU_ATTR_TYPE_RUNSTATE_CURRENT};
    vcpu.control(KVM_XEN_VCPU_SET_ATTR, &attribute, "KVM_XEN_VCPU_SET_ATTR(current runstate)");
}

}  // namespace

std::string emulation_setting() {
    return "/sys/module/kvm/parameters/force_emulation_prefix";
}

std::vector<OwnWrite> own_writes(const Kvm& kvm) {
    // Of the runstate, the state and since when; older kernels refuse it there.
    const bool over_the_end = has_xen<KVM_XEN_HVM_CONFIG_RUNSTATE_UPDATE_FLAG>(kvm);
    const OwnWrite all[] = {
        {.begin = begin_clock, .again = write_clock, .bytes = kClockBytes, .version = 0},
        {.begin = begin_steal_time,
         .again = write_steal_time,
         .bytes = kStealTimeBytes,
         .version = kStealTimeVersion},
        {.begin = begin_wall_clock,
         .again = write_wall_clock,
         .before_end = sizeof(std::uint32_t),  // its version
         .version = 0},
        {.begin = begin_xen<KVM_XEN_VCPU_ATTR_TYPE_VCPU_TIME_INFO>,
         .again = write_clock,
         .bytes = kClockBytes,
         .there = has_xen<KVM_XEN_HVM_CONFIG_SHARED_INFO>,
         .version = 0},
        {.begin = begin_xen<KVM_XEN_VCPU_ATTR_TYPE_RUNSTATE_ADDR>,
         .again = write_xen_runstate,
         .before_end = over_the_end ? sizeof(std::uint32_t) + sizeof(std::uint64_t) : 0,
         .there = has_xen<KVM_XEN_HVM_CONFIG_RUNSTATE>},
    };
    std::vector<OwnWrite> there;
    for (const OwnWrite& write : all)
        if (write.there == nullptr || write.there(kvm)) there.push_back(write);
    return there;
}

}  // namespace mmuw::arch
