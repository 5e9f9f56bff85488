// SPDX-License-Identifier: GPL-2.0-only
// What the record says of the machine.
#pragma once

#include <string>

#include "report/report.h"
#include "vmm/mmu.h"

namespace mmuw {

// parameters: those of KVM's modules that change what is tested.
HostFacts this_host(const std::string& name, bool emulated, bool kmod = true, const Mmu& mmu = {});

}  // namespace mmuw
