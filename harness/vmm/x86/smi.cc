// SPDX-License-Identifier: GPL-2.0-only
// System management interrupts: Documentation/virt/kvm/api.rst, KVM_SMI; AMD64 Architecture
// Programmer's Manual, volume 2, chapter 10.
#include <linux/kvm.h>

#include "vmm/arch.h"
#include "vmm/vcpu.h"
#include "vmm/x86/msr.h"

namespace mmuw::arch {

std::optional<Smi> smi(const Kvm& kvm) {
    if (kvm.mmu().reference || kvm.check_extension(KVM_CAP_X86_SMM) <= 0) return {};
    constexpr std::byte kRsm[] = {std::byte{0x0f}, std::byte{0xaa}};
    return Smi{.bytes = 0x10000,
               .state = 0xfe00,
               .state_bytes = 0x200,
               .code = 0x8000,
               .comes_back = {kRsm[0], kRsm[1]}};
}

void set_smi_base(const Vcpu& vcpu, std::uint64_t gpa) {
    constexpr std::uint32_t kSmbase = 0x9e;  // MSR_IA32_SMBASE
    x86::set_msr(vcpu, kSmbase, gpa);
}

void raise_smi(const Vcpu& vcpu) {
    vcpu.control(KVM_SMI, nullptr, "KVM_SMI");
}

}  // namespace mmuw::arch
