// SPDX-License-Identifier: GPL-2.0-only
// x86-64: flat 64-bit mode set up from outside, no firmware; no interrupts.
#include "vmm/arch.h"

#include <linux/kvm.h>

#include <cstring>
#include <format>
#include <fstream>
#include <vector>

#include "guest/x86/doorbell.h"
#include "vmm/layout.h"
#include "vmm/vcpu.h"
#include "vmm/vm.h"
#include "vmm/x86/descriptor_tables.h"
#include "vmm/x86/msr.h"
#include "vmm/x86/page_tables.h"

namespace mmuw::arch {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::uint64_t kPrivate = 2 * kMiB;
constexpr std::uint64_t kData = 1024 * kMiB;
constexpr std::uint64_t kDataBytes = 2048 * kMiB;

constexpr std::uint64_t kSpare = 8192 * kMiB;

// In the hole below 4 GiB: KVM on Intel puts three pages of a TSS and one page table there for
// guests in real mode (KVM_SET_TSS_ADDR, KVM_SET_IDENTITY_MAP_ADDR).
constexpr std::uint64_t kIdentityMap = 0xfffbc000;
constexpr std::uint64_t kTss = 0xfffbd000;

// In the private slot's first part, behind the page tables.
constexpr std::uint64_t kGdt = PrivateLayout::kArch + x86::kIdentityTableBytes;
constexpr std::uint64_t kIdt = kGdt + 0x1000;
constexpr std::size_t kIdtBytes = MMUW_EXCEPTIONS * x86::kGateBytes;
static_assert(kIdt + kIdtBytes <= PrivateLayout::kPayload);

constexpr std::uint64_t kCr0 = 0x80010033;  // PG WP NE ET MP PE
constexpr std::uint64_t kCr4 = 0x20;        // PAE
constexpr std::uint64_t kEfer = 0x500;      // LMA LME
constexpr std::uint64_t kRflags = 0x202;    // IF, and a bit that is always set

kvm_segment segment(std::uint16_t selector, std::uint8_t type, bool code) {
    kvm_segment s{};
    s.limit = 0xffffffff;
    s.selector = selector;
    s.type = type;
    s.present = 1;
    s.s = 1;
    s.g = 1;
    s.l = code ? 1 : 0;
    s.db = code ? 0 : 1;
    return s;
}

// Without CPUID the guest would have neither long mode nor 2 MB pages by KVM's rules.
void set_cpuid(const Vm& vm, const Vcpu& vcpu) {
    constexpr std::uint32_t kEntries = 256;
    std::vector<std::byte> memory(sizeof(kvm_cpuid2) + kEntries * sizeof(kvm_cpuid_entry2));
    auto* cpuid = reinterpret_cast<kvm_cpuid2*>(memory.data());
    cpuid->nent = kEntries;
    kvm_ioctl(vm.kvm().fd(), KVM_GET_SUPPORTED_CPUID, cpuid, "KVM_GET_SUPPORTED_CPUID");
    vcpu.control(KVM_SET_CPUID2, cpuid, "KVM_SET_CPUID2");
}

bool writes_port(const Vcpu& vcpu, std::uint16_t port) {
    const kvm_run& run = vcpu.run();
    return run.exit_reason == KVM_EXIT_IO && run.io.direction == KVM_EXIT_IO_OUT &&
           run.io.port == port;
}

// Does the processor push an error code before %rip?
bool has_error_code(std::uint64_t vector) {
    return vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21;
}

// What the payload's handler says of an exception.
std::string exception(const kvm_regs& regs, const kvm_sregs& sregs) {
    const bool error = has_error_code(regs.rax);
    return std::format("exception {} error {:#x} at rip {:#x} cr2 {:#x}; ", regs.rax + 0,
                       error ? regs.rcx : 0, (error ? regs.rsi : regs.rcx) + 0, sregs.cr2 + 0);
}

}  // namespace

std::uint64_t private_gpa() {
    return kPrivate;
}
std::uint64_t data_gpa() {
    return kData;
}
std::uint64_t data_bytes() {
    return kDataBytes;
}

std::uint64_t spare_gpa() {
    return kSpare;
}

unsigned long vm_type(const Kvm& /*kvm*/) {
    return 0;
}

void prepare_vm(Vm& vm) {
    std::uint64_t identity_map = kIdentityMap;
    if (vm.check_extension(KVM_CAP_SET_IDENTITY_MAP_ADDR) != 0)
        vm.control(KVM_SET_IDENTITY_MAP_ADDR, &identity_map, "KVM_SET_IDENTITY_MAP_ADDR");
    kvm_ioctl(vm.fd(), KVM_SET_TSS_ADDR, kTss, "KVM_SET_TSS_ADDR");
    // A polling payload must not exit for its pauses (PLE, pause filter).
    if ((vm.check_extension(KVM_CAP_X86_DISABLE_EXITS) & KVM_X86_DISABLE_EXITS_PAUSE) != 0)
        vm.enable_capability(KVM_CAP_X86_DISABLE_EXITS, {KVM_X86_DISABLE_EXITS_PAUSE, 0, 0, 0},
                             "KVM_CAP_X86_DISABLE_EXITS");
}

void fill_private(std::span<std::byte> area) {
    x86::fill_identity_tables(area, kPrivate);
    x86::fill_gdt(area.subspan(kGdt, x86::kGdtBytes));
    x86::fill_idt(area.subspan(kIdt, kIdtBytes), kPrivate + PrivateLayout::kPayload + MMUW_HANDLERS,
                  MMUW_HANDLER_BYTES);
}

void setup_vcpu(const Vm& vm, Vcpu& vcpu, std::uint64_t entry, std::uint64_t control) {
    set_cpuid(vm, vcpu);
    kvm_sregs sregs{};
    vcpu.control(KVM_GET_SREGS, &sregs, "KVM_GET_SREGS");
    sregs.cs = segment(x86::kCode, 0xb, true);
    sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss = segment(x86::kData, 0x3, false);
    sregs.gdt.base = kPrivate + kGdt;
    sregs.gdt.limit = x86::kGdtBytes - 1;
    sregs.idt.base = kPrivate + kIdt;
    sregs.idt.limit = kIdtBytes - 1;
    sregs.cr0 = kCr0;
    sregs.cr3 = kPrivate;
    sregs.cr4 = kCr4;
    sregs.efer = kEfer;
    vcpu.control(KVM_SET_SREGS, &sregs, "KVM_SET_SREGS");
    kvm_regs regs{};
    regs.rip = entry;
    regs.rdi = control;
    // Interrupts are not masked, though none is ever sent to it: where they are, an emulated CPU
    // (Bochs 3.0, VMX) keeps the host's own from ending the guest's turn (docs/hosts.md).
    regs.rflags = kRflags;
    vcpu.control(KVM_SET_REGS, &regs, "KVM_SET_REGS");
}

std::span<std::byte> wanted_data(kvm_run& run) {
    if (run.exit_reason != KVM_EXIT_IO || run.io.direction != KVM_EXIT_IO_IN ||
        run.io.port != MMUW_DATA)
        return {};
    return {reinterpret_cast<std::byte*>(&run) + run.io.data_offset,
            std::size_t{run.io.size} * run.io.count};
}

bool has_data_port(const Kvm& kvm) {
    return !kvm.mmu().reference;
}

bool is_doorbell(const Vcpu& vcpu) {
    return writes_port(vcpu, MMUW_DOORBELL) || vcpu.run().exit_reason == KVM_EXIT_HLT;
}

bool set_slot_zap(Vm& vm, SlotZap zap) {
    if (zap == SlotZap::kAll) return true;  // unless asked otherwise
#ifdef KVM_X86_QUIRK_SLOT_ZAP_ALL
    if ((vm.check_extension(KVM_CAP_DISABLE_QUIRKS2) & KVM_X86_QUIRK_SLOT_ZAP_ALL) == 0)
        return false;
    vm.enable_capability(KVM_CAP_DISABLE_QUIRKS2, {KVM_X86_QUIRK_SLOT_ZAP_ALL, 0, 0, 0},
                         "KVM_CAP_DISABLE_QUIRKS2(KVM_X86_QUIRK_SLOT_ZAP_ALL)");
    return true;
#else
    static_cast<void>(vm);
    return false;
#endif
}

bool faults_wait_for_moves() {
    return true;
}

bool denies_accesses() {
    return true;
}

bool limit_page_tables(const Vm& vm, std::uint64_t tables) {
    if (vm.kvm().mmu().reference) return false;
    kvm_ioctl(vm.fd(), KVM_SET_NR_MMU_PAGES, tables, "KVM_SET_NR_MMU_PAGES");
    return true;
}

// mov $value, %eax; ret; nop; nop
std::optional<std::uint64_t> code_that_returns(std::uint32_t value) {
    return std::uint64_t{0x9090c3} << 40 | std::uint64_t{value} << 8 | 0xb8;
}

std::optional<OwnTables> own_tables() {
    if (page_size() != OwnTables::kPageBytes) return {};
    return OwnTables{.address = x86::kOwnTablesAddress,
                     .link = x86::link_own_table,
                     .table = x86::table_entry,
                     .leaf = x86::leaf_entry,
                     .walked = x86::walked_entry,
                     .zero_first = false,
                     .done_by = [](const Vcpu& /*vcpu*/) { return true; },
                     .ignored_most = 0x7f,
                     .ignored_bit = 1ULL << 52};
}

// Against an erratum of Intel's, and there by default; works on any CPU.
std::vector<Setting> no_huge_code() {
    return {{"/sys/module/kvm/parameters/nx_huge_pages", "force"},
            {"/sys/module/kvm/parameters/nx_huge_pages_recovery_ratio", "1"},
            {"/sys/module/kvm/parameters/nx_huge_pages_recovery_period_ms", "20"}};
}

bool split_otherwise(Vm& /*vm*/) {
    return false;
}

std::optional<Setting> split_otherwise_setting() {
    return Setting{"/sys/module/kvm/parameters/eager_page_split", "N"};
}

std::uint32_t address_space_of(const kvm_run& run) {
    return (run.flags & KVM_RUN_X86_SMM) != 0 ? 1 : 0;
}

// kvm_can_do_async_pf()
bool enable_async_faults(Vm& vm) {
    if (vm.kvm().mmu().reference || vm.check_extension(KVM_CAP_SPLIT_IRQCHIP) == 0) return false;
    vm.enable_capability(KVM_CAP_SPLIT_IRQCHIP, {}, "KVM_CAP_SPLIT_IRQCHIP");
    return true;
}

void allow_async_faults(const Vcpu& vcpu) {
    kvm_mp_state state{.mp_state = KVM_MP_STATE_RUNNABLE};
    vcpu.control(KVM_SET_MP_STATE, &state, "KVM_SET_MP_STATE");
}

// A page that has come is told by an interrupt as well: the guest looks by itself, and its task
// priority keeps all interrupts away.
void tell_async_faults(const Vcpu& vcpu, std::uint64_t gpa, bool tell) {
    constexpr std::size_t kTaskPriority = 0x80, kSpurious = 0xf0;  // of the local APIC
    constexpr std::uint32_t kNoInterrupts = 0xf0, kApicEnabled = 0x1ff;
    constexpr std::uint32_t kAsyncFaultsMsr = 0x4b564d02, kInterruptMsr = 0x4b564d06;
    constexpr std::uint64_t kVector = 0x80;
    constexpr std::uint64_t kEnabled = 1 << 0, kKernelToo = 1 << 1, kByInterrupt = 1 << 3;
    if (!tell) {
        x86::set_msr(vcpu, kAsyncFaultsMsr, 0);
        return;
    }
    kvm_lapic_state apic{};
    vcpu.control(KVM_GET_LAPIC, &apic, "KVM_GET_LAPIC");
    std::memcpy(apic.regs + kTaskPriority, &kNoInterrupts, sizeof kNoInterrupts);
    std::memcpy(apic.regs + kSpurious, &kApicEnabled, sizeof kApicEnabled);
    vcpu.control(KVM_SET_LAPIC, &apic, "KVM_SET_LAPIC");
    x86::set_msr(vcpu, kInterruptMsr, kVector);
    x86::set_msr(vcpu, kAsyncFaultsMsr, gpa | kByInterrupt | kKernelToo | kEnabled);
}

bool enter_smm(const Vm& vm, const Vcpu& vcpu) {
    if (vm.check_extension(KVM_CAP_X86_SMM) == 0) return false;
    kvm_vcpu_events events{};
    vcpu.control(KVM_GET_VCPU_EVENTS, &events, "KVM_GET_VCPU_EVENTS");
    events.flags = KVM_VCPUEVENT_VALID_SMM;
    events.smi.smm = 1;
    vcpu.control(KVM_SET_VCPU_EVENTS, &events, "KVM_SET_VCPU_EVENTS");
    return true;
}

std::string describe(const Vcpu& vcpu) noexcept {
    try {
        kvm_regs regs{};
        kvm_sregs sregs{};
        vcpu.control(KVM_GET_REGS, &regs, "KVM_GET_REGS");
        vcpu.control(KVM_GET_SREGS, &sregs, "KVM_GET_SREGS");
        const std::string fault =
            writes_port(vcpu, MMUW_FAULT) ? exception(regs, sregs) : std::string();
        return fault +
               // The first ones fit in a note.
               std::format(
                   "rip {:#x} cr2 {:#x} rsp {:#x} rflags {:#x} rax {:#x} rcx {:#x} "
                   "rdx {:#x} rdi {:#x} rsi {:#x} cr0 {:#x} cr3 {:#x} efer {:#x}",
                   regs.rip + 0, sregs.cr2 + 0, regs.rsp + 0, regs.rflags + 0, regs.rax + 0,
                   regs.rcx + 0, regs.rdx + 0, regs.rdi + 0, regs.rsi + 0, sregs.cr0 + 0,
                   sregs.cr3 + 0, sregs.efer + 0);
    } catch (...) {
        return "registers unreadable";
    }
}

namespace {

// Y and 1, N and 0: bool and int parameters. A module that is not loaded has none.
char parameter(const char* path) {
    char value = '?';
    std::ifstream(path) >> value;
    return value;
}

bool is_off(const char* path) {
    const char value = parameter(path);
    return value == 'N' || value == '0';
}

}  // namespace

std::uint32_t log_buffer_entries(const Kvm& kvm) {
    if (kvm.mmu().reference) return 0;
    return parameter("/sys/module/kvm_intel/parameters/pml") == 'Y' ? 512 : 0;
}

std::string why_no_spte_events() {
    for (const char* path :
         {"/sys/module/kvm/parameters/tdp_mmu", "/sys/module/kvm_amd/parameters/npt",
          "/sys/module/kvm_intel/parameters/ept"})
        if (is_off(path)) return "only the TDP MMU reports SPTE changes";
    return {};
}

}  // namespace mmuw::arch
