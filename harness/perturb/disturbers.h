// SPDX-License-Identifier: GPL-2.0-only
// All disturbers, one file each.
#pragma once

#include "perturb/disturber.h"

namespace mmuw {

std::unique_ptr<Disturber> make_signals(MachineGuard& guard);
std::unique_ptr<Disturber> make_memslots(MachineGuard& guard);
std::unique_ptr<Disturber> make_pageout(MachineGuard& guard);
std::unique_ptr<Disturber> make_reclaim(MachineGuard& guard);
std::unique_ptr<Disturber> make_migration(MachineGuard& guard);
std::unique_ptr<Disturber> make_hotplug(MachineGuard& guard);
std::unique_ptr<Disturber> make_ksm(MachineGuard& guard);
std::unique_ptr<Disturber> make_thp(MachineGuard& guard);
std::unique_ptr<Disturber> make_drop_caches(MachineGuard& guard);

}  // namespace mmuw
