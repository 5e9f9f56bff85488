// SPDX-License-Identifier: GPL-2.0-only
#include "cli/host_facts.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>

#include "base/mapping.h"
#include "vmm/host.h"

namespace mmuw {

namespace {

// As it is: the module of an earlier run is part of it (docs/verdict.md).
std::uint64_t raw_taint() {
    std::uint64_t bits = 0;
    std::ifstream("/proc/sys/kernel/tainted") >> bits;
    return bits;
}

}  // namespace

HostFacts this_host(const std::string& name, bool emulated, bool kmod, const Mmu& mmu) {
    utsname system{};
    uname(&system);
    return {
        .name = name,
        .arch = system.machine,
        .kernel = system.release,
        .kvm = mmu.reference ? "none" : arch::kvm_name(),
        .emulated = emulated,
        .page_size = page_size(),
        .cpus = static_cast<std::uint64_t>(sysconf(_SC_NPROCESSORS_ONLN)),
        .parameters = arch::kvm_parameters(),
        .taint = raw_taint(),
        .kmod = kmod,
        .mmu = to_string(mmu),
    };
}

}  // namespace mmuw
