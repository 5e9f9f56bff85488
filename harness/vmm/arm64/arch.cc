// SPDX-License-Identifier: GPL-2.0-only
// arm64: EL1 with the MMU on, set up from outside; no firmware, no in-kernel irqchip. KVM_RUN works
// without one (kvm_arch_vcpu_run_pid_change()), and nothing interrupts the payload.
#include "vmm/arch.h"

#include <linux/kvm.h>

#include <algorithm>
#include <bit>
#include <format>

#include "guest/arm64/doorbell.h"
#include "vmm/arm64/page_tables.h"
#include "vmm/arm64/registers.h"
#include "vmm/vcpu.h"
#include "vmm/vm.h"

namespace mmuw::arch {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::uint64_t kPrivate = 2 * kMiB;
constexpr std::uint64_t kData = 1024 * kMiB;
constexpr std::uint64_t kDataBytes = 2048 * kMiB;
constexpr std::uint64_t kSpare = 8192 * kMiB;
static_assert(MMUW_DOORBELL < kPrivate && MMUW_FAULT < kPrivate);

constexpr std::uint64_t kEl1hMasked = 0x3c5;  // EL1 with its own stack pointer; D, A, I, F masked
// SCTLR_EL1: M, C, I, and what the first version of the architecture has as ones
// (INIT_SCTLR_EL1_MMU_OFF).
constexpr std::uint64_t kSctlrOn = 0x30d00800 | 1 << 12 | 1 << 2 | 1 << 0;

// Hardware sets the access flag and the dirty state (FEAT_HAFDBS).
bool has_dirty_state(const Vcpu& vcpu) {
    constexpr std::uint64_t kHafdbs = 0xf, kDirtyState = 2;
    return (arm64::get_register(vcpu, arm64::kMmfr1) & kHafdbs) >= kDirtyState;
}

// KVM adds to it what the vCPU's thread had to wait for a CPU, at each KVM_RUN
// (kvm_update_stolen_time()).
void begin_stolen_time(const Vcpu& vcpu, std::uint64_t gpa) {
    kvm_device_attr attribute{.group = KVM_ARM_VCPU_PVTIME_CTRL,
                              .attr = KVM_ARM_VCPU_PVTIME_IPA,
                              .addr = reinterpret_cast<std::uint64_t>(&gpa)};
    vcpu.control(KVM_SET_DEVICE_ATTR, &attribute, "KVM_SET_DEVICE_ATTR(PVTIME_IPA)");
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

// Bits of a guest physical address: 40 as by default, or the fewer that the machine has. Not all
// that it has: newer KVMs walk the whole space when they destroy a VM, by the gigabyte or
// less (stage2_destroy_range()), which with 52 bits takes seconds, and minutes with pages of 16 KB.
unsigned long vm_type(const Kvm& kvm) {
    const int most = kvm.check_extension(KVM_CAP_ARM_VM_IPA_SIZE);
    if (most <= 0) return 0;
    return KVM_VM_TYPE_ARM_IPA_SIZE(static_cast<unsigned long>(std::min(most, 40)));
}

void prepare_vm(Vm& /*vm*/) {}

void fill_private(std::span<std::byte> area) {
    arm64::fill_identity_table(area);
}

void setup_vcpu(const Vm& vm, Vcpu& vcpu, std::uint64_t entry, std::uint64_t control) {
    kvm_vcpu_init init{};
    vm.control(KVM_ARM_PREFERRED_TARGET, &init, "KVM_ARM_PREFERRED_TARGET");
    vcpu.control(KVM_ARM_VCPU_INIT, &init, "KVM_ARM_VCPU_INIT");
    for (const auto& [id, value] : {
             std::pair{arm64::kMairRegister, arm64::kMair},
             {arm64::kTcrRegister,
              arm64::kTcr | (has_dirty_state(vcpu) ? arm64::kTcrDirtyState : 0)},
             {arm64::kTtbr0, kPrivate},
             {arm64::kSctlr, kSctlrOn},
             {arm64::kPstate, kEl1hMasked},
             {arm64::kPc, entry},
             {arm64::kX0, control},
         })
        arm64::set_register(vcpu, id, value);
}

std::span<std::byte> wanted_data(kvm_run& /*run*/) {
    return {};
}

bool has_data_port(const Kvm& /*kvm*/) {
    return false;
}

bool is_doorbell(const Vcpu& vcpu) {
    const kvm_run& run = vcpu.run();
    return run.exit_reason == KVM_EXIT_MMIO && run.mmio.is_write != 0 &&
           run.mmio.phys_addr == MMUW_DOORBELL;
}

// KVM unmaps the slot's range, always (kvm_arch_flush_shadow_memslot()).
bool set_slot_zap(Vm& /*vm*/, SlotZap zap) {
    return zap == SlotZap::kLeafs;
}

bool faults_wait_for_moves() {
    return false;
}

std::optional<NestedGuest> nested_guest(const Kvm& /*kvm*/) {
    return {};
}

bool denies_accesses() {
    return true;
}

bool limit_page_tables(const Vm& /*vm*/, std::uint64_t /*tables*/) {
    return false;
}

bool enable_async_faults(Vm& /*vm*/) {
    return false;
}

void allow_async_faults(const Vcpu& /*vcpu*/) {}

void tell_async_faults(const Vcpu& /*vcpu*/, std::uint64_t /*gpa*/, bool /*tell*/) {}

bool enter_smm(const Vm& /*vm*/, const Vcpu& /*vcpu*/) {
    return false;
}

std::optional<Smi> smi(const Kvm& /*kvm*/) {
    return {};
}

void set_smi_base(const Vcpu& /*vcpu*/, std::uint64_t /*gpa*/) {}

void raise_smi(const Vcpu& /*vcpu*/) {}

std::optional<std::uint64_t> code_that_returns(std::uint32_t /*value*/) {
    return {};
}

std::optional<OwnTables> own_tables() {
    if (page_size() != OwnTables::kPageBytes) return {};
    return OwnTables{.address = arm64::kOwnTablesAddress,
                     .link = arm64::link_own_table,
                     .table = arm64::table_entry,
                     .leaf = arm64::leaf_entry,
                     .walked = arm64::walked_entry,
                     .zero_first = true,
                     .done_by = has_dirty_state,
                     .ignored_most = 0xf,
                     .ignored_bit = 1ULL << 55};
}

std::vector<Setting> no_huge_code() {
    return {};
}

// When the log is switched on or cleared: so many bytes at a time, with KVM's lock given away in
// between. Here the smallest block, behind a page.
bool split_otherwise(Vm& vm) {
#ifdef KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE
    const int pages = vm.check_extension(KVM_CAP_ARM_SUPPORTED_BLOCK_SIZES);
    const int sizes = pages & (pages - 1);
    if (pages <= 0 || sizes == 0) return false;
    vm.enable_capability(KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE,
                         {1ULL << std::countr_zero(static_cast<unsigned>(sizes))},
                         "KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE");
    return true;
#else
    static_cast<void>(vm);
    return false;
#endif
}

std::optional<Setting> split_otherwise_setting() {
    return {};
}

std::uint32_t address_space_of(const kvm_run& /*run*/) {
    return 0;
}

std::string emulation_setting() {
    return {};
}

std::vector<OwnWrite> own_writes(const Kvm& kvm, OwnWriter writer) {
    const OwnWrite stolen_time{.begin = begin_stolen_time,
                               .again = [](const Vcpu& /*vcpu*/) {},
                               .stays = true,
                               .may_be_same = true};
    if (writer != OwnWriter::kKvm || kvm.check_extension(KVM_CAP_STEAL_TIME) <= 0) return {};
    return {stolen_time};
}

std::string describe(const Vcpu& vcpu) noexcept {
    try {
        std::string text;
        for (const auto& [name, id] : {std::pair{"pc", arm64::kPc},
                                       {"sp", arm64::kSp},
                                       {"pstate", arm64::kPstate},
                                       {"x0", arm64::kX0},
                                       {"esr", arm64::kEsr},
                                       {"far", arm64::kFar},
                                       {"elr", arm64::kElr},
                                       {"sctlr", arm64::kSctlr},
                                       {"ttbr0", arm64::kTtbr0}})
            text += std::format("{}{} {:#x}", text.empty() ? "" : " ", name,
                                arm64::get_register(vcpu, id));
        const kvm_run& run = vcpu.run();
        if (run.exit_reason == KVM_EXIT_MMIO && run.mmio.phys_addr == MMUW_FAULT)
            text += " (an exception in the payload)";
        return text;
    } catch (...) {
        return "registers unreadable";
    }
}

std::uint32_t log_buffer_entries(const Kvm& /*kvm*/) {
    return 0;
}

std::string why_no_spte_events() {
    return {};
}

}  // namespace mmuw::arch
