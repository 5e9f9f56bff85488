// SPDX-License-Identifier: GPL-2.0-only
// Which secondary MMU a VM has.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mmuw {

// KVM's, or the module's own in software (docs/reference.md).
struct Mmu {
    bool reference = false;
    unsigned variant = 0;  // enum mmuwitness_ref_variant

    bool operator==(const Mmu&) const = default;
};

// "kvm", "reference" or "reference:VARIANT"; nothing for other words.
std::optional<Mmu> parse_mmu(std::string_view words);
std::string to_string(const Mmu& mmu);
// All of them, with commas between: for a message.
std::string known_mmus();

}  // namespace mmuw
