// SPDX-License-Identifier: GPL-2.0-only
// durable: what was written before a completed sync is on the disk.
#include <map>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

class Durable : public Rule {
  public:
    void on(const Event& e, const State&, Findings& found) override {
        const auto& a = e.mark.a;
        switch (e.mark.kind) {
            case MMUWITNESS_MARK_EXPECT:
                callers_[e.pid].expected.push_back({{a[0], a[1], a[2]}, a[3]});
                break;
            case MMUWITNESS_MARK_SYNC_BEGIN:
                begin(callers_[e.pid], a[0], a[1], a[2]);
                break;
            case MMUWITNESS_MARK_SYNC_END:
                end(callers_[e.pid], static_cast<int64_t>(a[4]));
                break;
            case MMUWITNESS_MARK_DISK:
                disk(e, found);
                break;
            default:
                break;
        }
    }

  private:
    using Word = std::tuple<uint64_t, uint64_t, uint64_t>;  // file, page, lane
    struct Expectation {
        Word word;
        uint64_t stamp;
    };
    struct Caller {  // a sync belongs to the task that made its marks
        std::vector<Expectation> expected, syncing;
    };

    static void begin(Caller& c, uint64_t file, uint64_t first, uint64_t pages) {
        c.syncing.clear();
        std::erase_if(c.expected, [&](const Expectation& x) {
            const bool in = std::get<0>(x.word) == file &&
                            (pages == 0 || std::get<1>(x.word) - first < pages);  // 0: whole file
            if (in) c.syncing.push_back(x);
            return in;
        });
    }
    void end(Caller& c, int64_t result) {
        if (result >= 0)  // a sync that failed promises nothing
            for (const Expectation& x : c.syncing) {
                uint64_t& stamp = promised_[x.word];
                stamp = std::max(stamp, x.stamp);
            }
        c.syncing.clear();
    }
    void disk(const Event& e, Findings& found) {
        const auto& a = e.mark.a;
        const auto it = promised_.find({a[0], a[1], a[2]});
        if (it == promised_.end()) return;
        found.checked();
        // Stamps only grow: a later one is a later write that got there, too.
        if (a[3] >= it->second) return;
        found.violation({.file = static_cast<uint16_t>(a[0]), .page = a[1]},
                        std::format("file {} page {:#x} lane {}: the disk has stamp {}, the sync "
                                    "promised {}",
                                    a[0], a[1], a[2], a[3], it->second),
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
        "sync_file_range is on the disk",
    .tolerates = "nothing; a sync that returned an error promises nothing",
    .origin = "all",
    .hooks = {},
    .events = kinds(Kind::mark),
    .make = make_rule<Durable>,
    .end_to_end = true,
};

}  // namespace mmuw
