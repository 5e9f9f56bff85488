// SPDX-License-Identifier: GPL-2.0-only
// load: the module comes and goes, now and then with a session in between.
#include <cstring>
#include <format>

#include "hammer/draw.h"
#include "hammer/part.h"
#include "witness/device.h"
#include "witness/module.h"

namespace mmuw::hammer {

Outcome hammer_load(const Orders& orders) {
    const Clock clock(orders);
    Draw draw(orders.seed);
    Outcome outcome;
    std::uint64_t sessions = 0;
    for (; outcome.done < orders.count && !clock.up(); outcome.done++) {
        const ModuleParts parts{.plants = draw.one_in(2), .reference = draw.one_in(2)};
        Module module(orders.kmod, parts);
        if (!draw.one_in(4)) {
            Device device;
            if ((orders.kvm || parts.reference) && draw.one_in(4)) {
                const bool kvm = orders.kvm && (!parts.reference || draw.one_in(2));
                device.start(kvm ? MMUWITNESS_MMU_KVM : MMUWITNESS_MMU_REFERENCE);
                sessions++;
            }
        }
        if (const int error = module.unload(); error != 0) {
            outcome.bad.push_back(
                std::format("round {}: unloading: {}", outcome.done, strerror(error)));
            return outcome;
        }
    }
    outcome.note = std::format("{} with a session", sessions);
    return outcome;
}

}  // namespace mmuw::hammer
