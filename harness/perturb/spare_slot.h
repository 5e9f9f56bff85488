// SPDX-License-Identifier: GPL-2.0-only
// Memslots where no scenario has any.
#pragma once

#include <cstdint>
#include <memory>

#include "base/mapping.h"
#include "vmm/guest.h"

namespace mmuw {

// `index` tells the users apart: each has gfns and a slot id of its own, away from Guest's. Known
// to the VM's observer as any other slot.
std::unique_ptr<Memslot> make_spare_slot(Guest& guest, unsigned index, const Mapping& memory);
// Where the slot may move to: `place` 0 is where it was made, up to kSparePlaces.
std::uint64_t spare_gfn(unsigned index, unsigned place);

inline constexpr unsigned kSparePlaces = 8;

enum SpareIndex : unsigned { kSpareKsm, kSpareThp, kSpareMemslots };

}  // namespace mmuw
