// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/vcpu_exit.h"

#include <format>
#include <string>

namespace mmuw {
namespace {

std::string reason(const kvm_run& run) {
    switch (run.exit_reason) {
        case KVM_EXIT_SHUTDOWN:
            return "KVM_EXIT_SHUTDOWN (triple fault)";
        case KVM_EXIT_FAIL_ENTRY:
            return std::format("KVM_EXIT_FAIL_ENTRY (hardware reason {:#x}, CPU {})",
                               std::uint64_t{run.fail_entry.hardware_entry_failure_reason},
                               std::uint32_t{run.fail_entry.cpu});
        case KVM_EXIT_INTERNAL_ERROR: {
            std::string text = std::format("KVM_EXIT_INTERNAL_ERROR (suberror {}, data",
                                           std::uint32_t{run.internal.suberror});
            for (std::uint32_t i = 0; i < run.internal.ndata && i < 16; i++)
                text += std::format(" {:#x}", std::uint64_t{run.internal.data[i]});
            return text + ")";
        }
        case KVM_EXIT_MMIO:
            return std::format("KVM_EXIT_MMIO (a {} at guest address {:#x}: no memslot there)",
                               run.mmio.is_write != 0 ? "write" : "read",
                               std::uint64_t{run.mmio.phys_addr});
        case KVM_EXIT_IO:
            return std::format("KVM_EXIT_IO (port {:#x})", std::uint16_t{run.io.port});
        case KVM_EXIT_DIRTY_RING_FULL:
            return "KVM_EXIT_DIRTY_RING_FULL without a dirty ring";
        default:
            return std::format("exit reason {}", std::uint32_t{run.exit_reason});
    }
}

}  // namespace

SysError run_error(const Vcpu& vcpu, int error) {
    return {error, std::format("vCPU {}: KVM_RUN, {}", vcpu.id(), vcpu.describe())};
}

std::runtime_error exit_error(const Vcpu& vcpu) {
    return std::runtime_error(
        std::format("vCPU {}: unexpected {}, {}", vcpu.id(), reason(vcpu.run()), vcpu.describe()));
}

}  // namespace mmuw
