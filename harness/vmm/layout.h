// SPDX-License-Identifier: GPL-2.0-only
// The private slot: anonymous memory that is never logged.
#pragma once

#include <cstdint>

namespace mmuw {

// Offsets and sizes in bytes, all multiples of 64 KB: a whole number of pages everywhere.
//   architecture (page tables) | payload | per vCPU: control page and stack | per vCPU: journal
struct PrivateLayout {
    static constexpr std::uint64_t kUnit = 0x10000;
    static constexpr std::uint64_t kArch = 0;
    static constexpr std::uint64_t kPayload = kArch + kUnit;
    static constexpr std::uint64_t kVcpus = kPayload + kUnit;

    std::uint64_t vcpus;
    std::uint64_t data_pages;

    [[nodiscard]] static constexpr std::uint64_t control(std::uint64_t vcpu) {
        return kVcpus + vcpu * kUnit;
    }
    [[nodiscard]] static constexpr std::uint64_t stack_top(std::uint64_t vcpu) {
        return control(vcpu) + kUnit;
    }
    [[nodiscard]] constexpr std::uint64_t journal_bytes() const {
        return (data_pages * sizeof(std::uint64_t) + kUnit - 1) / kUnit * kUnit;
    }
    [[nodiscard]] constexpr std::uint64_t journal(std::uint64_t vcpu) const {
        return control(vcpus) + vcpu * journal_bytes();
    }
    [[nodiscard]] constexpr std::uint64_t bytes() const { return journal(vcpus); }
};

}  // namespace mmuw
