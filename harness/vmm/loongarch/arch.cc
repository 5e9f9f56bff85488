// SPDX-License-Identifier: GPL-2.0-only
// LoongArch: PLV0 with direct addresses, set up from outside; no firmware, no interrupt controller.
#include "vmm/arch.h"

#include <linux/kvm.h>

#include <format>

#include "guest/loongarch/doorbell.h"
#include "vmm/loongarch/registers.h"
#include "vmm/vcpu.h"
#include "vmm/vm.h"

namespace mmuw::arch {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::uint64_t kPrivate = 2 * kMiB;
constexpr std::uint64_t kData = 1024 * kMiB;
constexpr std::uint64_t kDataBytes = 2048 * kMiB;
constexpr std::uint64_t kSpare = 8192 * kMiB;

constexpr std::size_t kRa = 1, kSp = 3, kA0 = 4;  // general registers

bool wrote(const kvm_run& run, std::uint64_t iocsr) {
    return run.exit_reason == KVM_EXIT_LOONGARCH_IOCSR && run.iocsr_io.is_write != 0 &&
           run.iocsr_io.phys_addr == iocsr;
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

void prepare_vm(Vm& /*vm*/) {}

// Direct addresses need no page tables.
void fill_private(std::span<std::byte> /*area*/) {}

void setup_vcpu(const Vm& /*vm*/, Vcpu& vcpu, std::uint64_t entry, std::uint64_t control) {
    loongarch::set_csr(vcpu, loongarch::Csr::kCrmd, loongarch::kCrmdDirect);
    loongarch::set_csr(vcpu, loongarch::Csr::kEcfg, 0);
    kvm_regs registers{};
    registers.pc = entry;
    registers.gpr[kA0] = control;
    vcpu.control(KVM_SET_REGS, &registers, "KVM_SET_REGS");
}

std::span<std::byte> wanted_data(kvm_run& /*run*/) {
    return {};
}

bool has_data_port(const Kvm& /*kvm*/) {
    return false;
}

bool is_doorbell(const Vcpu& vcpu) {
    return wrote(vcpu.run(), MMUW_DOORBELL);
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
    return false;
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
    return {};
}

std::vector<Setting> no_huge_code() {
    return {};
}

bool split_otherwise(Vm& /*vm*/) {
    return false;
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

std::vector<OwnWrite> own_writes(const Kvm& /*kvm*/, OwnWriter /*writer*/) {
    return {};
}

std::string describe(const Vcpu& vcpu) noexcept {
    try {
        kvm_regs registers{};
        vcpu.control(KVM_GET_REGS, &registers, "KVM_GET_REGS");
        std::string text =
            std::format("pc {:#x} ra {:#x} sp {:#x} a0 {:#x}", std::uint64_t{registers.pc},
                        std::uint64_t{registers.gpr[kRa]}, std::uint64_t{registers.gpr[kSp]},
                        std::uint64_t{registers.gpr[kA0]});
        for (const auto& [name, csr] : {std::pair{"crmd", loongarch::Csr::kCrmd},
                                        {"estat", loongarch::Csr::kEstat},
                                        {"era", loongarch::Csr::kEra},
                                        {"badv", loongarch::Csr::kBadv},
                                        {"eentry", loongarch::Csr::kEentry}})
            text += std::format(" {} {:#x}", name, loongarch::get_csr(vcpu, csr));
        if (wrote(vcpu.run(), MMUW_FAULT)) text += " (an exception in the payload)";
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
