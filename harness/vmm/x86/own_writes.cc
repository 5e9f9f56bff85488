// SPDX-License-Identifier: GPL-2.0-only
// What KVM itself writes into a guest's memory: Documentation/virt/kvm/x86/msr.rst; for guests of
// Xen's kind api.rst, KVM_XEN_HVM_SET_ATTR and KVM_XEN_VCPU_SET_ATTR, and Xen's public/xen.h; for
// those of Hyper-V's the Hypervisor Top Level Functional Specification.
#include <linux/kvm.h>

#include <format>
#include <vector>

#include "base/mapping.h"
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
constexpr std::uint64_t kClockBytes = 32;
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

template <std::uint32_t kMsr>
void end_msr(const Vcpu& vcpu) {
    x86::set_msr(vcpu, kMsr, 0);
}

template <int kFlag>
bool has_xen(const Kvm& kvm) {
    return (kvm.check_extension(KVM_CAP_XEN_HVM) & kFlag) != 0;
}

constexpr std::uint64_t kNowhere = ~0ULL;

template <std::uint16_t kType>
void begin_xen(const Vcpu& vcpu, std::uint64_t gpa) {
    kvm_xen_vcpu_attr attribute{.type = kType};
    attribute.u.gpa = gpa;
    vcpu.control(KVM_XEN_VCPU_SET_ATTR, &attribute,
                 std::format("KVM_XEN_VCPU_SET_ATTR(type {}, {:#x})", kType, gpa));
}

template <std::uint16_t kType>
void end_xen(const Vcpu& vcpu) {
    begin_xen<kType>(vcpu, kNowhere);
}

// Running, as before: when that began, and for how long it has been so by now, are new.
void write_xen_runstate(const Vcpu& vcpu) {
    kvm_xen_vcpu_attr attribute{.type = KVM_XEN_VCPU_ATTR_TYPE_RUNSTATE_CURRENT};
    vcpu.control(KVM_XEN_VCPU_SET_ATTR, &attribute, "KVM_XEN_VCPU_SET_ATTR(current runstate)");
}

// In struct shared_info of 64-bit guests.
constexpr std::uint64_t kPendingEvents = 0x800, kSharedWallClock = 0xc00;
// Of struct vcpu_info, in front of the vCPU's clock.
constexpr std::uint64_t kVcpuEventBytes = 16;
constexpr std::uint32_t kSharedPort = 1, kVcpuPort = 2;

// Without a hypercall page a guest is not one of Xen's, to KVM: events that have to wait for a vCPU
// never come to it.
void be_xen(const Vm& vm) {
    constexpr std::uint32_t kHypercallPageMsr = 0x40000200;
    kvm_xen_hvm_config config{
        .flags = KVM_XEN_HVM_CONFIG_INTERCEPT_HCALL | KVM_XEN_HVM_CONFIG_EVTCHN_SEND,
        .msr = kHypercallPageMsr};
    vm.control(KVM_XEN_HVM_CONFIG, &config, "KVM_XEN_HVM_CONFIG");
}

void set_xen_mode(const Vcpu& vcpu, bool long_mode) {
    kvm_xen_hvm_attr attribute{.type = KVM_XEN_ATTR_TYPE_LONG_MODE};
    attribute.u.long_mode = long_mode;
    vcpu.vm().control(KVM_XEN_HVM_SET_ATTR, &attribute, "KVM_XEN_HVM_SET_ATTR(long mode)");
}

void set_shared_page(const Vcpu& vcpu, std::uint64_t gfn) {
    kvm_xen_hvm_attr attribute{.type = KVM_XEN_ATTR_TYPE_SHARED_INFO};
    attribute.u.shared_info.gfn = gfn;
    vcpu.vm().control(KVM_XEN_HVM_SET_ATTR, &attribute, "KVM_XEN_HVM_SET_ATTR(shared page)");
}

void begin_shared_page(const Vcpu& vcpu, std::uint64_t gpa) {
    be_xen(vcpu.vm());
    set_xen_mode(vcpu, true);
    set_shared_page(vcpu, gpa / page_size());
}

void end_shared_page(const Vcpu& vcpu) {
    set_shared_page(vcpu, kNowhere);
}

// It is elsewhere for 32-bit guests, and so is written anew by a change of the mode.
void write_shared_wall_clock(const Vcpu& vcpu) {
    set_xen_mode(vcpu, false);
    set_xen_mode(vcpu, true);
}

// Each is pending in the shared page, and the vCPU is told that one is. Refused where there is no
// such page: not by Vm::control(), for which any refusal is wrong.
template <std::uint32_t kPort>
void raise_xen_event(const Vcpu& vcpu) {
    kvm_irq_routing_xen_evtchn event{
        .port = kPort, .vcpu = vcpu.id(), .priority = KVM_IRQ_ROUTING_XEN_EVTCHN_PRIO_2LEVEL};
    kvm_ioctl(vcpu.vm().fd(), KVM_XEN_HVM_EVTCHN_SEND, &event, "KVM_XEN_HVM_EVTCHN_SEND");
}

// Hyper-V's, of <hyperv/hvgdk.h>, which is not among the headers for user space.
constexpr std::uint32_t kGuestOsId = 0x40000000, kHypercallPage = 0x40000001,
                        kReferenceTsc = 0x40000021, kAssistPage = 0x40000073;

template <std::uint32_t kMsr>
void begin_hyperv(const Vcpu& vcpu, std::uint64_t gpa) {
    x86::set_msr(vcpu, kGuestOsId, 1);
    x86::set_msr(vcpu, kMsr, gpa | kEnabled);
}

template <std::uint32_t kMsr>
void write_hyperv(const Vcpu& vcpu) {
    x86::set_msr(vcpu, kMsr, x86::get_msr(vcpu, kMsr));
}

bool has_hyperv(const Kvm& kvm) {
    return kvm.check_extension(KVM_CAP_HYPERV) > 0;
}

template <std::uint32_t kMsr>
constexpr OwnWrite hyperv(std::uint64_t bytes) {
    return {.begin = begin_hyperv<kMsr>,
            .again = write_hyperv<kMsr>,
            .end = end_msr<kMsr>,
            .bytes = bytes,
            .there = has_hyperv,
            .at = 0,
            .fill = std::byte{0xff}};
}

constexpr OwnWrite kClock{.begin = begin_clock,
                          .again = write_clock,
                          .end = end_msr<kSystemTime>,
                          .bytes = kClockBytes,
                          .may_end_page = true,
                          .version = 0};

std::vector<OwnWrite> kvm_writes() {
    return {
        kClock,
        {.begin = begin_steal_time,
         .again = write_steal_time,
         .end = end_msr<kStealTime>,
         .may_end_page = true,
         .sure = false,
         .version = kStealTimeVersion},
        {.begin = begin_wall_clock,
         .again = write_wall_clock,
         .before_end = sizeof(std::uint32_t),  // its version
         .version = 0},
        hyperv<kHypercallPage>(4),
        hyperv<kReferenceTsc>(4),
        hyperv<kAssistPage>(4),
    };
}

// A guest of Xen's has KVM's clocks as well, and no steal time.
std::vector<OwnWrite> xen_writes(const Kvm& kvm) {
    // Of the runstate, the state and since when; older kernels refuse it there.
    const bool over_the_end = has_xen<KVM_XEN_HVM_CONFIG_RUNSTATE_UPDATE_FLAG>(kvm);
    return {
        kClock,
        {.begin = begin_xen<KVM_XEN_VCPU_ATTR_TYPE_VCPU_TIME_INFO>,
         .again = write_clock,
         .end = end_xen<KVM_XEN_VCPU_ATTR_TYPE_VCPU_TIME_INFO>,
         .bytes = kClockBytes,
         .may_end_page = true,
         .there = has_xen<KVM_XEN_HVM_CONFIG_SHARED_INFO>,
         .version = 0},
        {.begin = begin_xen<KVM_XEN_VCPU_ATTR_TYPE_RUNSTATE_ADDR>,
         .again = write_xen_runstate,
         .end = end_xen<KVM_XEN_VCPU_ATTR_TYPE_RUNSTATE_ADDR>,
         .before_end = over_the_end ? sizeof(std::uint32_t) + sizeof(std::uint64_t) : 0,
         .there = has_xen<KVM_XEN_HVM_CONFIG_RUNSTATE>},
        // KVM_XEN_HVM_SET_ATTR and KVM_XEN_VCPU_SET_ATTR: exempt from dirty tracking.
        {.begin = begin_shared_page,
         .again = write_shared_wall_clock,
         .end = end_shared_page,
         .there = has_xen<KVM_XEN_HVM_CONFIG_EVTCHN_SEND>,
         .at = kSharedWallClock,
         .logged = false,
         .version = 0},
        {.begin = [](const Vcpu& /*vcpu*/, std::uint64_t /*gpa*/) {},
         .again = raise_xen_event<kSharedPort>,
         .end = [](const Vcpu& /*vcpu*/) {},
         .there = has_xen<KVM_XEN_HVM_CONFIG_EVTCHN_SEND>,
         .at = kPendingEvents,
         .with_last = true,
         .fill = std::byte{},
         .logged = false},
        {.begin = begin_xen<KVM_XEN_VCPU_ATTR_TYPE_VCPU_INFO>,
         .again = raise_xen_event<kVcpuPort>,
         .end = end_xen<KVM_XEN_VCPU_ATTR_TYPE_VCPU_INFO>,
         .bytes = kVcpuEventBytes,
         .there = has_xen<KVM_XEN_HVM_CONFIG_EVTCHN_SEND>,
         .fill = std::byte{},
         .logged = false},
    };
}

}  // namespace

std::string emulation_setting() {
    return "/sys/module/kvm/parameters/force_emulation_prefix";
}

std::vector<OwnWrite> own_writes(const Kvm& kvm, OwnWriter writer) {
    std::vector<OwnWrite> writes = writer == OwnWriter::kXen ? xen_writes(kvm) : kvm_writes();
    std::erase_if(writes, [&](const OwnWrite& write) { return write.there && !write.there(kvm); });
    return writes;
}

}  // namespace mmuw::arch
