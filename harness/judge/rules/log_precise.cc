// SPDX-License-Identifier: GPL-2.0-only
// log-precise: bits without a write are counted, and none appear where they are forbidden.
#include <map>
#include <vector>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

class LogPrecise : public Rule {
  public:
    void on(const Event& e, const Ledger&, Findings& found) override {
        const auto log_of = [&](const auto& m) -> Log& { return logs_[{e.mark.vm, m.slot}]; };
        visit_mark(e.mark,
                   Overloaded{
                       [&](const mark::Wrote& m) {
                           Log& log = log_of(m);
                           log.wrote[m.gfn] = log.collection;
                       },
                       [&](const mark::Untouched& m) { log_of(m).untouched.push_back(m); },
                       [&](const mark::Logged& m) { logged(e.mark.vm, m, log_of(m), found); },
                       [&](const mark::CollectEnd& m) { collected(log_of(m), found); },
                       [&](const mark::RingFull& m) { left(e.mark.vm, m, found); },
                   });
    }

  private:
    struct Log {
        uint32_t collection = 1;
        Chunked<uint32_t> wrote;  // the collection before which it was written
        std::vector<mark::Untouched> untouched;
    };

    // What a collector harvests after the vCPU has left, and before it is asked, is in `entries`.
    static void left(uint16_t vm, const mark::RingFull& m, Findings& found) {
        found.checked();
        if (m.entries == 0)
            found.violation({.vm = vm},
                            std::format("vm {}: vCPU {} left for a full dirty ring, into which "
                                        "nothing came since it was emptied",
                                        vm, m.vcpu),
                            Proof::marks);
    }

    static void collected(Log& log, Findings& found) {
        for (const mark::Untouched& r : log.untouched) found.checked(r.pages);
        log.untouched.clear();
        ++log.collection;
    }

    static void logged(uint16_t vm, const mark::Logged& m, Log& log, Findings& found) {
        for (unsigned bit = 0; bit < 64; ++bit) {
            if (!(m.bits >> bit & 1)) continue;
            const uint64_t gfn = m.gfn + bit;
            bool forbidden = false;
            for (const mark::Untouched& r : log.untouched) forbidden |= gfn - r.gfn < r.pages;
            if (forbidden) {
                found.violation(
                    {.vm = vm, .gfn = gfn},
                    std::format("vm {} gfn {:#x}: in the dirty log, and nothing touched it", vm,
                                gfn));
                continue;
            }
            const uint32_t* wrote = log.wrote.find(gfn);
            if (!wrote || *wrote != log.collection) found.tolerated();
        }
    }

    std::map<std::pair<uint16_t, uint64_t>, Log> logs_;  // by vm and slot
};

}  // namespace

const RuleInfo log_precise_rule = {
    .id = "log-precise",
    .statement =
        "bits set without a write are counted, and none appear where the scenario forbids "
        "them",
    .tolerates = "false positives outside the forbidden ranges",
    .origin = "002",
    .hooks = {},
    .events = kinds(Kind::mark),
    .make = make_rule<LogPrecise>,
    .end_to_end = true,
};

}  // namespace mmuw
