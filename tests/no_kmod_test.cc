// SPDX-License-Identifier: GPL-2.0-only
// Without the module: the harness' own marks are the events, what they cannot show is skipped, and
// what they can is judged as ever.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "base/fd.h"
#include "base/mapping.h"
#include "judge/judge.h"
#include "report/report.h"
#include "support/judged.h"
#include "support/temp_dir.h"
#include "trace/marks_file.h"
#include "trace/text.h"
#include "witness/notebook.h"

namespace mmuw {
namespace {

// A scenario as the harness notes it: two pages written, the disk has `on_disk` of the second one.
void tell(Notebook& to, std::uint64_t on_disk, std::optional<std::uint64_t> hits = {}) {
    to.note(note::Host{.key = "kernel", .value = "6.12.107"});
    to.note(note::Host{.key = "kmod", .value = "false"});
    to.note(note::ScenarioBegin{.name = "A.B", .seed = 3});
    for (const char* rule : {"quiet-kernel", "durable", "tagged", "dirty-in-time"})
        to.note(note::Rule{.name = rule});
    for (std::uint64_t page : {0, 1})
        to.mark(0, mark::Expect{.file = 1, .page = page, .lane = 0, .stamp = 5});
    to.mark(0, mark::SyncBegin{.file = 1, .pages = 2, .sync = MMUWITNESS_SYNC_FSYNC});
    to.mark(0, mark::SyncEnd{.file = 1, .pages = 2, .sync = MMUWITNESS_SYNC_FSYNC});
    to.mark(0, mark::Disk{.file = 1, .page = 0, .stamp = 5});
    to.mark(0, mark::Disk{.file = 1, .page = 1, .stamp = on_disk});
    to.mark(0, mark::KernelLog{});
    to.note(note::ScenarioEnd{.trials = 1, .hits = hits});
}

std::vector<Event> events_of(Notebook& notebook) {
    std::vector<Event> events;
    while (const auto e = notebook.take()) events.push_back(*e);
    return events;
}

TEST(NoKmod, JudgesEndToEndRulesAndSkipsTheRest) {
    Notebook notebook;
    tell(notebook, 5);
    const ScenarioResult s = judged(events_of(notebook));
    EXPECT_EQ(s.verdict, Verdict::pass) << s.why;
    EXPECT_EQ(s.trials, 1u);
    EXPECT_FALSE(s.hits_known);
    EXPECT_EQ(rule_of(s, "durable")->verdict, Verdict::pass);
    for (const char* rule : {"tagged", "dirty-in-time"}) {
        EXPECT_EQ(rule_of(s, rule)->verdict, Verdict::skip) << rule;
        EXPECT_EQ(rule_of(s, rule)->why, "needs the module");
    }
}

TEST(NoKmod, FailsByWhatIsOnTheDisk) {
    Notebook notebook;
    tell(notebook, 4);
    const ScenarioResult s = judged(events_of(notebook));
    EXPECT_EQ(s.verdict, Verdict::fail);
    EXPECT_EQ(rule_of(s, "durable")->verdict, Verdict::fail);
    EXPECT_EQ(rule_of(s, "durable")->trials_failed, 1u);
}

// What goes with every scenario is no reason to say that this one passes.
TEST(NoKmod, SkipsAScenarioThatIsAboutRulesThatNeedTheModule) {
    Notebook notebook;
    notebook.note(note::Host{.key = "kmod", .value = "false"});
    notebook.note(note::ScenarioBegin{.name = "A.B", .seed = 3});
    for (const char* rule : {"quiet-kernel", "nothing-left", "young"})
        notebook.note(note::Rule{.name = rule});
    notebook.mark(0, mark::Left{.what = MMUWITNESS_LEFT_PINNED_PAGES});
    notebook.mark(0, mark::KernelLog{});
    notebook.note(note::ScenarioEnd{.trials = 1, .hits = 1});
    const ScenarioResult s = judged(events_of(notebook));
    EXPECT_EQ(s.verdict, Verdict::skip);
    EXPECT_EQ(s.why, "needs the module");
    EXPECT_EQ(rule_of(s, "quiet-kernel")->verdict, Verdict::pass);
}

TEST(NoKmod, IsSaidInTheRecord) {
    Notebook notebook;
    tell(notebook, 5);
    Judge judge;
    for (const Event& e : events_of(notebook)) judge.feed(e);
    judge.finish();
    const JudgeResult& r = judge.result();
    const std::string json = verdict_json(r, host_facts(r), "mmuwitness");
    EXPECT_NE(json.find("\"kmod\": false"), std::string::npos);
    EXPECT_NE(json.find("\"hits\": null"), std::string::npos);
    EXPECT_NE(table(r, false).find("without the module: end-to-end rules only; 2 skipped: "
                                   "dirty-in-time, tagged"),
              std::string::npos)
        << table(r, false);
}

TEST(NoKmod, IsRecordedAsTextAndJudgedAgain) {
    const TempDir dir;
    const std::string path = dir / "marks.txt";
    Notebook notebook;
    tell(notebook, 4);
    const std::vector<Event> events = events_of(notebook);
    {
        MarksFile file(path);
        for (const Event& e : events) file.add(e);
        ASSERT_TRUE(file.finish());
    }
    std::size_t i = 0;
    const auto read = read_marks(path, [&](const Event& e) {
        ASSERT_LT(i, events.size());
        EXPECT_EQ(to_line(e), to_line(events[i]));
        EXPECT_EQ(e.ns, events[i].ns);
        EXPECT_EQ(e.order, events[i].order);
        ++i;
    });
    EXPECT_TRUE(read) << read.error();
    EXPECT_EQ(i, events.size());
    const auto again = judge_file(path);
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(again->scenarios.at(0).verdict, Verdict::fail);

    // Cut where a line ends, it would look complete.
    std::ifstream in(path);
    std::ofstream cut(dir / "cut.txt");
    std::string line;
    for (std::size_t n = 0; n < events.size() - 1 && std::getline(in, line); n++)
        cut << line << '\n';
    cut.close();
    const auto short_of = judge_file(dir / "cut.txt");
    ASSERT_FALSE(short_of);
    EXPECT_NE(short_of.error().find("cut.txt: truncated"), std::string::npos) << short_of.error();
}

TEST(NoKmod, LeavesNoHalfOfARecording) {
    const TempDir dir;
    const std::string path = dir / "marks.txt";
    {
        MarksFile file(path);
        file.add({});
    }
    EXPECT_NE(access(path.c_str(), F_OK), 0);
    MarksFile nowhere("/no/such/marks.txt");
    nowhere.add({});
    const auto finished = nowhere.finish();
    ASSERT_FALSE(finished);
    EXPECT_EQ(finished.error(), "open(/no/such/marks.txt): No such file or directory");
}

TEST(Notebook, NumbersAreFreeAgain) {
    Notebook n;
    EXPECT_EQ(n.add_vm(3), 1u);
    EXPECT_EQ(n.add_vm(4), 2u);
    n.del_vm(1);
    EXPECT_EQ(n.add_vm(5), 1u);
    for (std::uint32_t id = 1; id <= MMUWITNESS_MAX_FILES; id++) EXPECT_EQ(n.add_file(0), id);
    EXPECT_THROW(n.add_file(0), std::runtime_error);
}

TEST(Notebook, TextsFitIntoALine) {
    Notebook n;
    n.note(note::KernelLog{.line = "it \"says\"\nso" + std::string(300, 'x')});
    const Event e = n.take().value_or(Event{});
    ASSERT_EQ(e.kind, Kind::note);
    EXPECT_EQ(e.note.text.view(), "it 'says' so" + std::string(MMUWITNESS_TEXT_LEN - 1 - 12, 'x'));
    EXPECT_EQ(e.pid, gettid());
    EXPECT_FALSE(n.take());
}

TEST(Notebook, SeesWhichPagesAreInThePageCache) {
    const TempDir dir;
    const Fd fd(open((dir / "file").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    ASSERT_EQ(ftruncate(fd.get(), static_cast<off_t>(4 * page_size())), 0);
    ASSERT_EQ(pwrite(fd.get(), "x", 1, static_cast<off_t>(2 * page_size())), 1);
    Notebook n;
    const std::uint32_t id = n.add_file(fd.get());
    EXPECT_EQ(n.page_state(id, 0, 4),
              (std::vector<std::uint32_t>{0, 0, MMUWITNESS_PAGE_PRESENT, 0}));
    EXPECT_EQ(n.page_state(id, 2, 1), (std::vector<std::uint32_t>{MMUWITNESS_PAGE_PRESENT}));
    EXPECT_FALSE(n.take()) << "no event: it is no evidence for a rule";
}

}  // namespace
}  // namespace mmuw
