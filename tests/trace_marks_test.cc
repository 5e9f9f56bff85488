// SPDX-License-Identifier: GPL-2.0-only
// A mark is read as the structure that it was written as, and says the same as its line of text.
#include <gtest/gtest.h>

#include "trace/marks.h"
#include "trace/text.h"

namespace mmuw {
namespace {

template <Mark M>
Event recorded(std::uint32_t vm, const M& m) {
    Event e;
    e.kind = Kind::mark;
    MarkWords::record(e.mark, make_mark(vm, m));
    return e;
}

TEST(Marks, AreReadAsTheyWereWritten) {
    const Event e = recorded(2, mark::Memslot{.slot = 1,
                                              .flags = 1,
                                              .gfn = 0x10,
                                              .pages = 4,
                                              .hva = 0x7000,
                                              .file = 3,
                                              .page = 0xffffffff});
    EXPECT_EQ(e.mark.vm, 2);
    const auto m = mark_of<mark::Memslot>(e);
    ASSERT_TRUE(m);
    EXPECT_EQ(m->gfn, 0x10u);
    EXPECT_EQ(m->file, 3u);
    EXPECT_EQ(m->page, 0xffffffffu);
    EXPECT_EQ(to_line(e),
              "mark seq=0 cpu=0 pid=0 kind=MEMSLOT vm=2 slot=1 flags=1 gfn=0x10 pages=4 hva=0x7000 "
              "file=3 page=4294967295");
}

TEST(Marks, LeaveNothingOfTheOneBefore) {
    Event e = recorded(1, mark::Copy{.slot = 1, .gfn = 2, .lane = 3, .copy = 4, .memory = 5});
    set_mark(e, mark::Trial{.met = 1});
    EXPECT_EQ(e.mark.vm, 1);
    set_mark(e, mark::Copy{});
    EXPECT_EQ(mark_of<mark::Copy>(e)->memory, 0u);
}

TEST(Marks, OfAnotherKindAreNone) {
    const Event e = recorded(0, mark::Left{.what = MMUWITNESS_LEFT_MOUNT, .count = 16});
    EXPECT_FALSE(mark_of<mark::Trial>(e));
    Event folio;
    folio.kind = Kind::folio;
    EXPECT_FALSE(mark_of<mark::Left>(folio));
}

TEST(Marks, VisitorsTakeWhatTheyWant) {
    std::int64_t result = 0;
    int others = 0;
    const auto visit = [&](const Event& e) {
        visit_mark(e.mark, Overloaded{[&](const mark::SyncEnd& m) { result = m.result; },
                                      [&](const mark::Disk&) { others++; }});
    };
    visit(recorded(0, mark::SyncEnd{.file = 1, .result = -5}));
    visit(recorded(0, mark::Disk{}));
    visit(recorded(0, mark::Trial{}));
    Event unknown = recorded(0, mark::Trial{});
    unknown.mark.kind = 99;
    visit(unknown);
    EXPECT_EQ(result, -5);
    EXPECT_EQ(others, 1);
}

}  // namespace
}  // namespace mmuw
