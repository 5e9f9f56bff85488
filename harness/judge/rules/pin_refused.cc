// SPDX-License-Identifier: GPL-2.0-only
// pin-refused: nobody gets a long-term pin of memory whose filesystem has to know of each write.
#include <cerrno>
#include <cstring>
#include <format>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

// Whoever is short of something else says so otherwise.
bool blames_the_memory(std::uint64_t error) {
    return error == EFAULT || error == EOPNOTSUPP || error == EINVAL;
}

class PinRefused : public Rule {
  public:
    void on(const Event& e, const Ledger& /*ledger*/, Findings& found) override {
        const auto m = mark_of<mark::Pin>(e);
        if (!m || (m->answer != 0 && !blames_the_memory(m->answer))) return;
        found.checked();
        const bool refused = m->answer != 0;
        if (refused == (m->tracked != 0)) return;
        found.violation({.vm = e.mark.vm},
                        refused ? std::format("vm {}: a long-term pin was refused ({}), of memory "
                                              "that no filesystem writes back",
                                              e.mark.vm, std::strerror(static_cast<int>(m->answer)))
                                : std::format("vm {}: a long-term pin was given, of memory whose "
                                              "filesystem has to know of each write",
                                              e.mark.vm),
                        Proof::marks);
    }
};

}  // namespace

const RuleInfo pin_refused_rule = {
    .id = "pin-refused",
    .statement =
        "a long-term pin is refused where a filesystem has to know of each write, and "
        "nowhere else",
    .tolerates = "a pin that fails for another reason",
    .origin = "004",
    .hooks = {},
    .events = kinds(Kind::mark),
    .make = make_rule<PinRefused>,
    .end_to_end = true,
};

}  // namespace mmuw
