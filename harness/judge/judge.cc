// SPDX-License-Identifier: GPL-2.0-only
#include "judge/judge.h"

#include <algorithm>
#include <charconv>

#include "judge/reports.h"
#include "judge/scenario.h"
#include "trace/dat.h"
#include "trace/marks_file.h"

namespace mmuw {
namespace {

// A number taken before SCENARIO_END whose record is written after it is microseconds late,
// or as late as a preempted task: this many events, then it counts as lost.
constexpr unsigned kSettlingEvents = 2000;

}  // namespace

Judge::Judge() = default;
Judge::~Judge() = default;

void Judge::feed(const Event& e) {
    ++uncounted_;
    sequence_.add(e.seq);
    if (scenario_ && scenario_->ended) {
        const bool complete = !sequence_.missing(scenario_->first_seq, scenario_->last_seq);
        const bool next = e.kind == Kind::note && e.note.kind == MMUWITNESS_NOTE_SCENARIO_BEGIN;
        if (complete || next || ++scenario_->settling > kSettlingEvents) close(true);
    }
    if (e.kind == Kind::note) {
        note(e);
        if (e.note.kind == MMUWITNESS_NOTE_SCENARIO_END) {
            count();
            return;
        }
    }
    if (!scenario_ || scenario_->ended) return;
    count();
    history_.add(e);
    if (e.kind == Kind::plant)
        scenario_->facts.plant_hits += e.plant.name.view() == scenario_->facts.plant;
    if (e.kind == Kind::gate) {
        scenario_->facts.holds_won += e.gate.phase == MMUWITNESS_GATE_WON;
        scenario_->facts.holds_timed_out += e.gate.phase == MMUWITNESS_GATE_TIMED_OUT;
    }
    scenario_->feed(e);
}

// What comes after the last scenario is in the recording, and a live run does not read it.
void Judge::count() {
    result_.witness.events += uncounted_;
    uncounted_ = 0;
}

void Judge::note(const Event& e) {
    const std::string_view text = e.note.text.view();
    switch (e.note.kind) {
        case MMUWITNESS_NOTE_SCENARIO_BEGIN:
            begin(e);
            break;
        case MMUWITNESS_NOTE_SCENARIO_END:
            end(e);
            break;
        case MMUWITNESS_NOTE_RULE:
            rule(note::Rule::parse(text));
            break;
        case MMUWITNESS_NOTE_HOOK:
            hook(note::Hook::parse(text));
            break;
        case MMUWITNESS_NOTE_PERTURB:
            disturber(note::Disturber::parse(text));
            break;
        case MMUWITNESS_NOTE_DOUBT:
            if (scenario_ && scenario_->doubt.empty()) scenario_->doubt = text;
            break;
        case MMUWITNESS_NOTE_HOST:
            host(note::Host::parse(text));
            break;
        default:
            break;
    }
}

void Judge::host(const note::Host& fact) {
    if (fact.key == "known") {
        if (auto bug = parse_lab_bug(fact.value))
            result_.lab_bugs.push_back({.bug = std::move(*bug)});
        return;
    }
    result_.host[fact.key] = fact.value;
    if (fact.key == "page_size")
        std::from_chars(fact.value.data(), fact.value.data() + fact.value.size(), page_size_);
    if (scenario_) scenario_->ledger.set_page_size(page_size_);
    if (scenario_ && fact.key == "arch") scenario_->ledger.set_machine(fact.value);
    if (scenario_ && fact.key == "mmu") scenario_->ledger.set_mmu(fact.value);
}

void Judge::begin(const Event& e) {
    if (scenario_) close(scenario_->ended);
    scenario_ = std::make_unique<Scenario>(history_);
    Scenario& s = *scenario_;
    const auto note = note::ScenarioBegin::parse(e.note.text.view());
    s.facts.name = note.name;
    s.facts.seed = note.seed;
    s.facts.plant = note.plant;
    s.ledger.set_page_size(page_size_);
    s.ledger.set_machine(result_.host["arch"]);
    s.ledger.set_mmu(result_.host["mmu"]);
    // A recording without that note is older, and had the module.
    s.with_module = result_.host["kmod"] != "false";
    s.first_seq = e.seq;
    s.first_ns = e.ns;
}

void Judge::end(const Event& e) {
    if (!scenario_ || scenario_->ended) return;
    Scenario& s = *scenario_;
    const auto note = note::ScenarioEnd::parse(e.note.text.view());
    s.facts.trials = note.trials;
    s.facts.hits = note.hits.value_or(0);
    s.facts.hits_known = note.hits.has_value();
    s.status = note.status;
    s.status_why = note.why;
    s.last_seq = e.seq;
    s.last_ns = e.ns;
    s.ended = true;
    if (!sequence_.missing(s.first_seq, s.last_seq)) close(true);
}

void Judge::close(bool complete) {
    Scenario& s = *scenario_;
    std::string doubt = doubt_.empty() ? s.doubt : doubt_;
    if (!complete) doubt = "the recording ends, or goes on with another scenario, before its end";
    // The kernel's own count and the gaps are two views of the same loss.
    const uint64_t lost =
        std::max(lost_, s.ended ? sequence_.missing(s.first_seq, s.last_seq) : sequence_.missing());
    // A run for a report is there to see the bug that is known.
    const std::string release = is_for_report(result_) ? "" : result_.host["kernel"];
    const std::string machine = result_.host["arch"];
    const std::string filesystem = result_.host["filesystem"];
    const RunningKernel kernel{release, machine, result_.lab_bugs, filesystem};
    result_.scenarios.push_back(s.verdict(lost, doubt, kernel));
    tally(result_.lab_bugs, result_.scenarios.back(), kernel);
    scenario_.reset();
    lost_ = 0;
    result_.witness.lost = std::max(result_.witness.lost, sequence_.missing());
}

void Judge::rule(const note::Rule& note) {
    if (!scenario_ || scenario_->ended) return;
    if (note.missing.empty())
        scenario_->promised.insert(note.name);
    else
        scenario_->impossible.emplace(note.name, note.missing);
}

void Judge::hook(const note::Hook& note) {
    if (scenario_ && !scenario_->ended) scenario_->add_hook(note.name, note.missing);
    auto& attached = result_.witness.attached;
    auto& missing = result_.witness.missing;
    if (note.missing.empty()) {
        if (!std::ranges::contains(attached, note.name)) attached.push_back(note.name);
        std::erase_if(missing, [&](const MissingHook& m) { return m.name == note.name; });
    } else if (!std::ranges::contains(attached, note.name) &&
               !std::ranges::contains(missing, note.name, &MissingHook::name)) {
        missing.push_back({note.name, note.missing});
    }
}

void Judge::disturber(const note::Disturber& note) {
    if (note.missing)
        result_.missing_disturbers.push_back({note.name, note.why});
    else if (scenario_ && !scenario_->ended)
        scenario_->facts.disturbances.push_back({note.name, note.counts, note.why});
}

void Judge::lost(uint64_t events) {
    lost_ += events;
    result_.witness.lost = std::max(result_.witness.lost + events, sequence_.missing());
}

void Judge::doubt(std::string why) {
    if (doubt_.empty()) doubt_ = std::move(why);
}

void Judge::unrecorded(std::string name, std::string why) {
    ScenarioResult result;
    result.name = std::move(name);
    result.verdict = Verdict::inconclusive;
    result.why = std::move(why);
    result_.scenarios.push_back(std::move(result));
}

bool Judge::settling() const {
    return scenario_ && scenario_->ended;
}

void Judge::settle() {
    if (settling()) close(true);
}

void Judge::finish() {
    if (scenario_) close(scenario_->ended);
    result_.witness.lost = std::max(result_.witness.lost, sequence_.missing());
}

Result<bool> judge_scenario(EventStream& stream, Judge& judge) {
    const size_t before = judge.result().scenarios.size();
    uint64_t missed = stream.missed();
    Event e;
    while (judge.result().scenarios.size() == before) {
        auto more = stream.next(e);
        if (!more) return more;
        if (!*more) return false;
        if (stream.missed() != missed) {
            judge.lost(stream.missed() - missed);
            missed = stream.missed();
        }
        judge.feed(e);
    }
    return true;
}

namespace {

Result<void> feed_dat(const std::string& path, Judge& judge) {
    auto file = DatFile::open(path);
    if (!file) return std::unexpected(file.error());
    auto stream = stream_of(*file);
    if (!stream) return std::unexpected(stream.error());
    for (;;) {
        auto done = judge_scenario(*stream, judge);
        if (!done) return error("{}: {}", path, done.error());
        if (!*done) return {};
    }
}

}  // namespace

Result<JudgeResult> judge_file(const std::string& path) {
    Judge judge;
    const auto fed = is_marks_file(path) ? read_marks(path, [&](const Event& e) { judge.feed(e); })
                                         : feed_dat(path, judge);
    if (!fed) return std::unexpected(fed.error());
    judge.finish();
    if (!judge.has_events())
        return error("{}: no events of the witness in it: was the session started?", path);
    return judge.result();
}

}  // namespace mmuw
