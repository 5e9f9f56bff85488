// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/host.h"

namespace mmuw::arch {

std::string kvm_name() {
    return "kvm LVZ";
}

// It has none.
std::string kvm_parameters() {
    return {};
}

std::string kvm_cure() {
    return "KVM is built in and needs a CPU with LVZ, which stock QEMU does not emulate";
}

}  // namespace mmuw::arch
