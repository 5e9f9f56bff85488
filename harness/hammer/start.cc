// SPDX-License-Identifier: GPL-2.0-only
// start: a session after the other, of both MMUs, with what may be in one.
#include <format>

#include "hammer/part.h"
#include "hammer/session.h"

namespace mmuw::hammer {

Outcome hammer_start(const Orders& orders) {
    const Clock clock(orders);
    Outcome outcome;
    for (; outcome.done < orders.count && !clock.up(); outcome.done++) {
        Draw draw(orders.seed, outcome.done);
        try {
            Session session(orders, draw);
            session.fill(draw);
            if (draw.one_in(4)) session.work(draw);
            session.empty(draw);
        } catch (const std::exception& error) {
            outcome.bad.push_back(std::format("session {}: {}", outcome.done, error.what()));
            if (outcome.bad.size() == 5) break;
        }
    }
    return outcome;
}

}  // namespace mmuw::hammer
