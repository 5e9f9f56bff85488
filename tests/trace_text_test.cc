// SPDX-License-Identifier: GPL-2.0-only
// An event printed and parsed again is the same event; bad lines are named.
#include <gtest/gtest.h>

#include <cstring>
#include <sstream>

#include "trace/fields.h"
#include "trace/text.h"

namespace mmuw {
namespace {

Event parsed(std::string_view line) {
    auto e = parse_line(line);
    EXPECT_TRUE(e) << line << ": " << (e ? "" : e.error());
    return e.value_or(Event{});
}

TEST(TraceText, RoundTripsEveryKind) {
    for (const char* line : {
             "notifier seq=1 cpu=0 pid=9 phase=START_AFTER_KVM event=PROTECTION_PAGE start=0x7f00 "
             "end=0x8f00",
             "vm_ioctl seq=1 cpu=0 pid=9 vm=1 phase=END cmd=KVM_GET_DIRTY_LOG ret=-14",
             "vcpu_run seq=1 cpu=3 pid=9 vm=1 vcpu=2 phase=BEGIN",
             "log_mark seq=1 cpu=0 pid=9 vm=1 slot=3 gfn=0x10 logging=1 lock=HELD",
             "ring seq=1 cpu=0 pid=9 vm=1 vcpu=0 op=PUSH offset=0x5",
             "spte seq=1 cpu=0 pid=9 vm=1 vcpu=0 gfn=0x100 level=1 bits_old=PAL bits_new=PWDAL "
             "page=PRESENT|DIRTY|TAG_DIRTY",
             "fault seq=1 cpu=0 pid=9 vm=1 vcpu=0 phase=PFN gfn=0x1 write=1 inv_seq=7",
             "tlb_flush seq=1 cpu=0 pid=9 vm=1 phase=DONE",
             "folio seq=1 cpu=0 pid=9 op=MKCLEAN_END file=1 index=0x2 pages=4 page=LOCKED ret=1",
             "page_state seq=1 cpu=0 pid=9 file=1 index=0x2 page=PRESENT|UPTODATE",
             "mark seq=1 cpu=0 pid=9 kind=MEMSLOT vm=1 slot=1 flags=1 gfn=0x10 pages=4 hva=0x7000 "
             "file=2 page=3",
             "mark seq=1 cpu=0 pid=9 kind=SYNC_END file=1 page=2 pages=3 sync=RANGE result=-5",
             "mark seq=1 cpu=0 pid=9 kind=TRIAL met=1",
             "mark seq=1 cpu=0 pid=9 kind=GONE vm=1 slot=1 gfn=0x10 exits=1 reached=1",
             "tlb_flush seq=1 cpu=0 pid=9 vm=1 phase=ROOTS_REQUEST",
             "mark seq=1 cpu=0 pid=9 kind=99 a0=0x7",
             "note seq=1 cpu=0 pid=9 kind=SCENARIO_BEGIN text=\"a.b seed=1 plant=-\"",
             "mark seq=1 cpu=0 pid=9 kind=SEEN vm=1 slot=1 gfn=0x10 lane=2 seen=3 expect=4 "
             "side=GUEST",
             "young seq=1 cpu=0 pid=9 vm=1 op=CLEAR_FLUSH phase=END start=0x7f00 end=0x8f00 "
             "promised=1 young=1",
             "prefault seq=1 cpu=0 pid=9 vm=1 vcpu=0 phase=END gfn=0x10 ret=-4",
             "ksm seq=1 cpu=0 pid=9 phase=END ret=-14",
             "change_pte seq=1 cpu=0 pid=9 address=0x7f00",
             "plant seq=1 cpu=0 pid=9 name=\"x-y\" vm=1 arg=0x4",
         })
        EXPECT_EQ(to_line(parsed(line)), line);
}

TEST(TraceText, RoundTripsExtremeValuesOfEveryField) {
    for (size_t k = 0; k < kKinds; ++k) {
        const auto kind = static_cast<Kind>(k);
        for (const Field& f : kind_info(kind).fields) {
            if (!f.is_number()) continue;
            Event e;
            std::memset(static_cast<void*>(&e), 0, sizeof e);
            e.kind = kind;
            field_set(e, f, ~uint64_t{0});
            const std::string line = to_line(e);
            auto again = parse_line(line);
            // Flags and letters outside of the known ones print, but do not parse.
            if (!again) continue;
            EXPECT_EQ(field_get(*again, f), field_get(e, f)) << line;
        }
    }
}

TEST(TraceText, RoundTripsExtremeValuesOfEveryMark) {
    for (uint32_t kind = MMUWITNESS_MARK_NONE; kind <= MMUWITNESS_MARK_KINDS; ++kind)
        for (const Field& f : mark_fields(kind)) {
            Event e = parsed(std::format("mark kind={}", kind));
            field_set(e, f, ~uint64_t{0});
            const std::string line = to_line(e);
            EXPECT_EQ(field_get(parsed(line), f), field_get(e, f)) << line;
        }
}

TEST(TraceText, SaysWhatIsWrong) {
    EXPECT_EQ(parse_line("sptx gfn=1").error(), "'sptx' is no event");
    EXPECT_EQ(parse_line("spte gfm=1").error(), "'spte' has no field 'gfm'");
    EXPECT_EQ(parse_line("spte bits_new=PX").error(), "'PX' is no value for 'bits_new'");
    EXPECT_EQ(parse_line("spte gfn").error(), "'gfn' is not name=value");
    std::istringstream in("# fine\n\nspte gfn=1\nspte gfn=zz\n");
    EXPECT_EQ(read_lines(in, [](const Event&) {}).error(), "line 4: 'zz' is no value for 'gfn'");
}

}  // namespace
}  // namespace mmuw
