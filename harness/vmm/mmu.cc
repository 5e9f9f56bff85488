// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/mmu.h"

#include <array>
#include <format>

#include "kmod/uapi/reference.h"

namespace mmuw {

namespace {

constexpr std::string_view kReference = "reference";

// In the order of enum mmuwitness_ref_variant.
constexpr std::array<std::string_view, MMUWITNESS_REF_VARIANTS> kVariants = {
    "dirty-at-map", "dirty-at-unmap", "dirty-at-invalidate", "page-reference",
    "pin",          "longterm-pin",
};

}  // namespace

std::optional<Mmu> parse_mmu(std::string_view words) {
    if (words == "kvm") return Mmu{};
    if (words == kReference) return Mmu{.reference = true};
    for (unsigned i = 0; i < kVariants.size(); i++)
        if (words == std::format("{}:{}", kReference, kVariants[i]))
            return Mmu{.reference = true, .variant = i};
    return {};
}

std::string to_string(const Mmu& mmu) {
    if (!mmu.reference) return "kvm";
    return std::format("{}:{}", kReference, kVariants.at(mmu.variant));
}

std::string known_mmus() {
    std::string known = "kvm, reference";
    for (const std::string_view variant : kVariants)
        known += std::format(", {}:{}", kReference, variant);
    return known;
}

}  // namespace mmuw
