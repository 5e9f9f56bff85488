// SPDX-License-Identifier: GPL-2.0-only
// durable: what was written before a completed sync is on the disk, and nothing is written to a
// frozen filesystem.
#include <map>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

class Durable : public Rule {
  public:
    void on(const Event& e, const Ledger&, Findings& found) override {
        visit_mark(e.mark,
                   Overloaded{
                       [&](const mark::Expect& m) { callers_[e.pid].expected.push_back(m); },
                       [&](const mark::SyncBegin& m) { begin(callers_[e.pid], m); },
                       [&](const mark::SyncEnd& m) { end(callers_[e.pid], m); },
                       [&](const mark::Disk& m) { disk(m, found); },
                   });
    }

  private:
    using Word = std::tuple<uint64_t, uint64_t, uint64_t>;  // file, page, lane
    struct Caller {  // a sync belongs to the task that made its marks
        std::vector<mark::Expect> expected, syncing;
    };

    static void begin(Caller& c, const mark::SyncBegin& m) {
        c.syncing.clear();
        std::erase_if(c.expected, [&](const mark::Expect& x) {
            const bool in =
                x.file == m.file && (m.pages == 0 || x.page - m.page < m.pages);  // 0: whole file
            if (in) c.syncing.push_back(x);
            return in;
        });
    }
    void end(Caller& c, const mark::SyncEnd& m) {
        if (m.result >= 0)  // a sync that failed promises nothing
            for (const mark::Expect& x : c.syncing) {
                uint64_t& stamp = promised_[{x.file, x.page, x.lane}];
                stamp = std::max(stamp, x.stamp);
            }
        c.syncing.clear();
    }
    void disk(const mark::Disk& m, Findings& found) {
        const auto it = promised_.find({m.file, m.page, m.lane});
        if (it == promised_.end()) return;
        found.checked();
        // Stamps only grow: a later one is a later write that got there, too.
        if (m.stamp >= it->second) return;
        found.violation({.file = static_cast<uint16_t>(m.file), .page = m.page},
                        std::format("file {} page {:#x} lane {}: the disk has stamp {}, the sync "
                                    "promised {}",
                                    m.file, m.page, m.lane, m.stamp, it->second),
                        Proof::marks);
    }

    std::unordered_map<int32_t, Caller> callers_;
    std::map<Word, uint64_t> promised_;
};

}  // namespace

const RuleInfo durable_rule = {
    .id = "durable",
    .statement =
        "what was written before a completed fsync, fdatasync, msync(MS_SYNC) or waiting "
        "sync_file_range, or before its filesystem is thawed, is on the disk",
    .tolerates = "nothing; a sync that returned an error promises nothing",
    .origin = "all",
    .hooks = {},
    .events = kinds(Kind::mark),
    .make = make_rule<Durable>,
    .end_to_end = true,
};

}  // namespace mmuw
