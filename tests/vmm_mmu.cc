// SPDX-License-Identifier: GPL-2.0-only
// The words of --mmu.
#include "vmm/mmu.h"

#include <gtest/gtest.h>

#include "kmod/uapi/reference.h"

namespace mmuw {
namespace {

TEST(MmuWords, EachVariantHasItsOwn) {
    for (unsigned i = 0; i < MMUWITNESS_REF_VARIANTS; i++) {
        const Mmu mmu{.reference = true, .variant = i};
        EXPECT_EQ(parse_mmu(to_string(mmu)), mmu) << to_string(mmu);
        EXPECT_NE(known_mmus().find(to_string(mmu)), std::string::npos);
    }
}

TEST(MmuWords, KvmAndTheReferenceByDefault) {
    EXPECT_EQ(parse_mmu("kvm"), Mmu{});
    EXPECT_EQ(to_string(Mmu{}), "kvm");
    EXPECT_EQ(parse_mmu("reference"),
              (Mmu{.reference = true, .variant = MMUWITNESS_REF_DIRTY_AT_MAP}));
}

TEST(MmuWords, OthersAreNone) {
    for (const char* words : {"", "KVM", "reference:", "reference:pins", "pin", "kvm:pin"})
        EXPECT_FALSE(parse_mmu(words)) << words;
}

}  // namespace
}  // namespace mmuw
