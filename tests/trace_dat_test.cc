// SPDX-License-Identifier: GPL-2.0-only
// trace.dat: written and read back; merge order; page sizes; bad files.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "judge/judge.h"
#include "support/synth.h"
#include "support/temp_dir.h"
#include "trace/dat.h"
#include "trace/fields.h"
#include "trace/text.h"

namespace mmuw {
namespace {

Event line(const std::string& text, uint16_t cpu, uint64_t order) {
    Event e = parse_line(text).value();
    e.cpu = cpu;
    e.order = order;
    e.seq = order;
    return e;
}

// One of each kind, over two CPUs, with gaps in time that need a time extend.
std::vector<Event> some_events() {
    std::vector<Event> out;
    const char* lines[] = {
        "note kind=SCENARIO_BEGIN text=\"a seed=3 plant=-\"",
        "notifier pid=1 phase=START_BEFORE_KVM start=0x1000 end=0x2000",
        "spte vm=1 vcpu=-1 gfn=0x123456789abcdef0 bits_new=PWDAL level=2 "
        "old_spte=0xffffffffffffffff",
        "vm_ioctl vm=2 ret=-22 cmd=KVM_GET_DIRTY_LOG phase=END",
        "vcpu_run vm=1 vcpu=3 phase=BEGIN ret=-4",
        "log_mark vm=1 slot=3 gfn=0x10 logging=1",
        "ring vm=1 vcpu=0 op=PUSH offset=0x5",
        "fault vm=1 vcpu=0 phase=END gfn=0x1",
        "tlb_flush vm=1 phase=DONE",
        "folio op=WB_END file=1 index=0x2 pages=4 ret=-1",
        "page_state file=1 index=0x2 page=PRESENT",
        "mark kind=COPY vm=1 slot=1 gfn=0x10 lane=2 copy=3 memory=4",
        "plant name=\"p\" vm=1 arg=0x4",
    };
    uint64_t order = 1000;
    for (unsigned round = 0; round < 200; ++round)
        for (const char* l : lines) {
            order += round % 7 == 0 ? (uint64_t{1} << 30) : 1 + round;
            out.push_back(line(l, static_cast<uint16_t>(order % 3), order));
        }
    return out;
}

std::vector<Event> read_back(const std::string& path) {
    std::vector<Event> out;
    auto file = DatFile::open(path);
    EXPECT_TRUE(file) << file.error();
    if (!file) return out;
    auto stream = stream_of(*file);
    EXPECT_TRUE(stream) << stream.error();
    Event e;
    for (;;) {
        auto more = stream->next(e);
        EXPECT_TRUE(more) << more.error();
        if (!more || !*more) return out;
        out.push_back(e);
    }
}

class PageSizes : public testing::TestWithParam<size_t> {};

TEST_P(PageSizes, RoundTripInOrder) {
    const TempDir dir;
    const auto events = some_events();
    ASSERT_TRUE(synth::write(dir / "t.dat", events, GetParam()));
    const auto back = read_back(dir / "t.dat");
    ASSERT_EQ(back.size(), events.size());
    for (size_t i = 0; i < events.size(); ++i) {
        ASSERT_EQ(to_line(back[i]), to_line(events[i]));
        ASSERT_EQ(back[i].order, events[i].order);
        ASSERT_EQ(back[i].ns, events[i].ns);
    }
}

INSTANTIATE_TEST_SUITE_P(Pages, PageSizes, testing::Values(4096, 16384, 65536));

TEST(TraceDat, MergesManyCpusByOrder) {
    const TempDir dir;
    std::vector<Event> events;
    uint64_t random = 12345;
    for (uint64_t order = 1; order <= 20000; ++order) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        events.push_back(line("tlb_flush vm=1", static_cast<uint16_t>(random >> 58), order));
    }
    ASSERT_TRUE(synth::write(dir / "t.dat", events));
    const auto back = read_back(dir / "t.dat");
    ASSERT_EQ(back.size(), events.size());
    EXPECT_TRUE(std::ranges::is_sorted(back, {}, &Event::order));
}

TEST(TraceDat, SkipsRecordsOfOthers) {
    const TempDir dir;
    synth::Cpu cpu(4096);
    const unsigned char other[24] = {7, 0};  // common_type 7: nobody we know
    for (uint64_t order = 1; order < 1000; ++order)
        if (order % 2)
            cpu.add_raw(order, other, sizeof other);
        else
            cpu.add(line("tlb_flush vm=1", 0, order));
    cpu.flush();
    ASSERT_TRUE(write_dat(dir / "t.dat", synth::contents(4096), {{0, cpu.fd(), cpu.size()}}));
    EXPECT_EQ(read_back(dir / "t.dat").size(), 499u);
}

std::string error_of(const std::string& path) {
    auto result = judge_file(path);
    EXPECT_FALSE(result);
    return result ? "" : result.error();
}

void write_bytes(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

std::string bytes_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

TEST(TraceDat, BadFilesGetOneLine) {
    const TempDir dir;
    ASSERT_TRUE(synth::write(dir / "good.dat", some_events()));
    const std::string good = bytes_of(dir / "good.dat");
    const auto check = [&](const std::string& bytes, std::string_view expected) {
        write_bytes(dir / "bad.dat", bytes);
        const std::string e = error_of(dir / "bad.dat");
        EXPECT_NE(e.find(expected), e.npos) << e;
        EXPECT_EQ(e.find('\n'), e.npos) << e;
        EXPECT_TRUE(e.starts_with(dir / "bad.dat")) << e;
    };
    check("", "empty file");
    check("#!/bin/sh\necho hello\n", "not a trace.dat");
    check(good.substr(0, 7), "not a trace.dat");
    check(good.substr(0, good.size() - 5000), "truncated");
    std::string big = good;
    big[12] = 1;
    check(big, "big-endian");
    std::string version = good;
    version[10] = '9';
    check(version, "version '9'");
    EXPECT_NE(error_of(dir / "nowhere").find("No such file"), std::string::npos);
    EXPECT_NE(error_of(dir / "").find("not a regular file"), std::string::npos);
}

TEST(TraceDat, TruncatedAnywhereIsAnErrorAndNoCrash) {
    const TempDir dir;
    ASSERT_TRUE(synth::write(dir / "good.dat", some_events()));
    const std::string good = bytes_of(dir / "good.dat");
    for (size_t size = 1; size < good.size(); size += size < 12000 ? 37 : 4093) {
        write_bytes(dir / "bad.dat", good.substr(0, size));
        EXPECT_FALSE(error_of(dir / "bad.dat").empty()) << size;
    }
}

TEST(TraceDat, DamagedPagesDoNotCrash) {
    const TempDir dir;
    ASSERT_TRUE(synth::write(dir / "good.dat", some_events()));
    const std::string good = bytes_of(dir / "good.dat");
    uint64_t random = 1;
    for (unsigned i = 0; i < 300; ++i) {
        std::string bad = good;
        for (unsigned n = 0; n < 20; ++n) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            bad[12000 + (random >> 33) % (bad.size() - 12000)] = static_cast<char>(random >> 20);
        }
        write_bytes(dir / "bad.dat", bad);
        auto result = judge_file(dir / "bad.dat");  // either will do
        if (!result) {
            EXPECT_EQ(result.error().find('\n'), std::string::npos);
        }
    }
}

TEST(TraceDat, WithoutWitnessEventsSaysSo) {
    const TempDir dir;
    DatContents c = synth::contents(4096);
    c.formats = {{"sched", synth::format_text(Kind::spte, 300)}};
    synth::Cpu cpu(4096);
    ASSERT_TRUE(write_dat(dir / "t.dat", c, {{0, cpu.fd(), cpu.size()}}));
    EXPECT_NE(error_of(dir / "t.dat").find("no mmuwitness events"), std::string::npos);
}

TEST(Decoder, NamesTheFieldThatIsOfAnotherTypeAndFindsThoseThatMoved) {
    DatContents c = synth::contents(4096);
    std::string& ring = c.formats[static_cast<size_t>(Kind::ring)].text;
    const auto error_with = [&](std::string_view from, std::string_view to) {
        const std::string good = ring;
        ring.replace(ring.find(from), from.size(), to);
        const auto made = Decoder::make(c.formats);
        ring = good;
        return made ? "" : made.error();
    };
    EXPECT_EQ(
        error_with("u64 offset;\toffset:24;\tsize:8", "u32 offset;\toffset:24;\tsize:4"),
        "event 'mmuw_ring', field 'offset': u32, and not u64: the module is of another version");
    EXPECT_EQ(
        error_with("s16 vcpu;\toffset:34;\tsize:2;\tsigned:1",
                   "u16 vcpu;\toffset:34;\tsize:2;\tsigned:0"),
        "event 'mmuw_ring', field 'vcpu': u16, and not s16: the module is of another version");

    const auto vcpu = ring.find("offset:34");
    const auto slot = ring.find("offset:36");
    ring.replace(vcpu, 9, "offset:36");
    ring.replace(slot, 9, "offset:34");
    const auto decoder = Decoder::make(c.formats);
    ASSERT_TRUE(decoder) << decoder.error();
    unsigned char record[64] = {};
    const uint16_t id = synth::record_id(Kind::ring);
    std::memcpy(record, &id, sizeof id);
    const int16_t values[] = {7, -1};
    std::memcpy(record + 34, values, sizeof values);
    Event e;
    ASSERT_TRUE(decoder->decode(record, sizeof record, e));
    EXPECT_EQ(e.ring.slot, 7);
    EXPECT_EQ(e.ring.vcpu, -1);
}

TEST(Decoder, NamesTheMissingFieldAndIgnoresNewOnes) {
    DatContents c = synth::contents(4096);
    std::string& spte = c.formats[static_cast<size_t>(Kind::spte)].text;
    const std::string without = spte;
    spte.insert(spte.find("\nprint fmt"), "\tfield:u64 later;\toffset:400;\tsize:8;\tsigned:0;\n");
    EXPECT_TRUE(Decoder::make(c.formats));
    spte = without;
    spte.replace(spte.find("inv_seq"), 7, "inv_sex");
    EXPECT_EQ(Decoder::make(c.formats).error(),
              "event 'mmuw_spte' lacks field 'inv_seq': the module is of another version");
    c.formats.erase(c.formats.begin() + static_cast<long>(Kind::fault));
    c.formats.erase(c.formats.begin() + static_cast<long>(Kind::spte));
    EXPECT_EQ(Decoder::make(c.formats).error(),
              "formats of mmuwitness events missing: mmuw_spte, mmuw_fault: the module is of "
              "another version");
}

}  // namespace
}  // namespace mmuw
