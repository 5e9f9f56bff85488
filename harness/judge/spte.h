// SPDX-License-Identifier: GPL-2.0-only
// SPTEs in events, as MMUWITNESS_SPTE_* bits: what a rule asks whether all of it is there.
#pragma once

#include <cstdint>

#include "kmod/uapi/mmuwitness.h"

namespace mmuw {

inline constexpr uint8_t kLeaf = MMUWITNESS_SPTE_PRESENT | MMUWITNESS_SPTE_LEAF;
inline constexpr uint8_t kWritableLeaf = kLeaf | MMUWITNESS_SPTE_WRITABLE;
inline constexpr uint8_t kDirtyLeaf = kWritableLeaf | MMUWITNESS_SPTE_DIRTY;
inline constexpr uint8_t kAccessedLeaf = kLeaf | MMUWITNESS_SPTE_ACCESSED;

}  // namespace mmuw
