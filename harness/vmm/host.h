// SPDX-License-Identifier: GPL-2.0-only
// What there is to say of the host's KVM; implemented in vmm/<arch>/.
#pragma once

#include <string>

namespace mmuw::arch {

// Which KVM, for the record: kvm_amd, "kvm VHE", ...
std::string kvm_name();
// "kvm.tdp_mmu=Y kvm_amd.npt=1": parameters of KVM that change what is tested, as they are set.
std::string kvm_parameters();
// What to do where there is no /dev/kvm.
std::string kvm_cure();

}  // namespace mmuw::arch
