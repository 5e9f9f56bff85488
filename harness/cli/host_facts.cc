// SPDX-License-Identifier: GPL-2.0-only
#include "cli/host_facts.h"

#include <sys/utsname.h>
#include <unistd.h>

#include "base/mapping.h"
#include "vmm/host.h"
#include "witness/kernel_log.h"

namespace mmuw {

HostFacts this_host(const std::string& name, bool emulated, bool kmod) {
    utsname system{};
    uname(&system);
    return {
        .name = name,
        .arch = system.machine,
        .kernel = system.release,
        .kvm = arch::kvm_name(),
        .emulated = emulated,
        .page_size = page_size(),
        .cpus = static_cast<std::uint64_t>(sysconf(_SC_NPROCESSORS_ONLN)),
        .parameters = arch::kvm_parameters(),
        .taint = kernel_taint(),
        .kmod = kmod,
    };
}

}  // namespace mmuw
