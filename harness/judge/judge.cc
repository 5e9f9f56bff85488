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

std::string_view next_word(std::string_view& s) {
    s.remove_prefix(std::min(s.find_first_not_of(' '), s.size()));
    const auto word = s.substr(0, s.find(' '));
    s.remove_prefix(word.size());
    return word;
}

uint64_t to_number(std::string_view s) {
    uint64_t n = 0;
    std::from_chars(s.data(), s.data() + s.size(), n);
    return n;
}

// "a=1 b=2 why=the rest of the line"
template <typename F>
void each_pair(std::string_view text, F&& f) {
    while (!text.empty()) {
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
        const size_t equals = text.find('=');
        if (equals == text.npos) return;
        const auto key = text.substr(0, equals);
        text.remove_prefix(equals + 1);
        const auto value = key == "why" ? text : text.substr(0, text.find(' '));
        text.remove_prefix(value.size());
        f(key, value);
    }
}

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
            rule(text);
            break;
        case MMUWITNESS_NOTE_HOOK:
            hook(text);
            break;
        case MMUWITNESS_NOTE_PERTURB:
            perturb(text);
            break;
        case MMUWITNESS_NOTE_DOUBT:
            if (scenario_ && scenario_->doubt.empty()) scenario_->doubt = text;
            break;
        case MMUWITNESS_NOTE_HOST: {
            std::string_view rest = text;
            const std::string key(next_word(rest));
            rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
            if (key == "known") {
                if (auto bug = parse_lab_bug(rest))
                    result_.lab_bugs.push_back({.bug = std::move(*bug)});
                break;
            }
            result_.host[key] = rest;
            if (key == "page_size") page_size_ = to_number(rest);
            if (scenario_) scenario_->ledger.set_page_size(page_size_);
            if (scenario_ && key == "arch") scenario_->ledger.set_machine(rest);
            if (scenario_ && key == "mmu") scenario_->ledger.set_mmu(rest);
            break;
        }
        default:
            break;
    }
}

void Judge::begin(const Event& e) {
    if (scenario_) close(scenario_->ended);
    scenario_ = std::make_unique<Scenario>(history_);
    Scenario& s = *scenario_;
    std::string_view rest = e.note.text.view();
    s.facts.name = next_word(rest);
    each_pair(rest, [&](std::string_view key, std::string_view value) {
        if (key == "seed") s.facts.seed = to_number(value);
        if (key == "plant" && value != "-") s.facts.plant = value;
    });
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
    each_pair(e.note.text.view(), [&](std::string_view key, std::string_view value) {
        if (key == "trials") s.facts.trials = to_number(value);
        if (key == "hits") s.facts.hits = to_number(value);
        if (key == "hits") s.facts.hits_known = value != "unknown";
        if (key == "status") s.status = value;
        if (key == "why") s.status_why = value;
    });
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

void Judge::rule(std::string_view text) {
    if (!scenario_ || scenario_->ended) return;
    const std::string name(next_word(text));
    if (next_word(text) != "missing") {
        scenario_->promised.insert(name);
        return;
    }
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    scenario_->impossible.emplace(name, text);
}

void Judge::hook(std::string_view text) {
    const std::string name(next_word(text));
    const auto state = next_word(text);
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const std::string why = state == "attached" ? ""
                            : text.empty()      ? "no reason given"
                                                : std::string(text);
    if (scenario_ && !scenario_->ended) scenario_->add_hook(name, why);
    auto& attached = result_.witness.attached;
    auto& missing = result_.witness.missing;
    if (why.empty()) {
        if (!std::ranges::contains(attached, name)) attached.push_back(name);
        std::erase_if(missing, [&](const MissingHook& m) { return m.name == name; });
    } else if (!std::ranges::contains(attached, name) &&
               !std::ranges::contains(missing, name, &MissingHook::name)) {
        missing.push_back({name, why});
    }
}

void Judge::perturb(std::string_view text) {
    const std::string name(next_word(text));
    if (std::string_view rest = text; next_word(rest) == "missing") {
        rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
        result_.missing_disturbers.push_back({name, std::string(rest)});
        return;
    }
    if (!scenario_ || scenario_->ended) return;
    Disturbance& d = scenario_->facts.disturbances.emplace_back();
    d.name = name;
    each_pair(text, [&](std::string_view key, std::string_view value) {
        if (key == "why")
            d.why = value;
        else
            d.counts.emplace_back(key, to_number(value));
    });
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
