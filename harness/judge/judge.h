// SPDX-License-Identifier: GPL-2.0-only
// The judge: events in, verdicts out. One pass; a live run and a recording are judged by the
// same code, since all that it needs is in the stream.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "judge/history.h"
#include "judge/ledger.h"
#include "judge/result.h"
#include "judge/rule.h"
#include "judge/sequence.h"
#include "trace/notes.h"
#include "trace/stream.h"

namespace mmuw {

class Judge {
  public:
    Judge();
    ~Judge();
    Judge(const Judge&) = delete;
    Judge& operator=(const Judge&) = delete;

    // Events in the order of their `order`.
    void feed(const Event& e);

    // The kernel said that it lost events (kbuffer, per_cpu stats).
    void lost(uint64_t events);
    // What makes all evidence from now on doubtful, e.g. a disk that is full: scenarios
    // that would pass are inconclusive with this reason.
    void doubt(std::string why);

    // A scenario that ran, and of which the recording holds nothing: inconclusive.
    void unrecorded(std::string name, std::string why);

    // The scenario has seen its SCENARIO_END, but numbers before it are still missing: they
    // may be in flight. Feed more, or settle().
    bool settling() const;
    void settle();

    // No more events: a scenario without an end becomes inconclusive.
    void finish();

    const JudgeResult& result() const { return result_; }
    bool has_events() const { return result_.witness.events + uncounted_ != 0; }

  private:
    struct Scenario;
    void count();
    void note(const Event& e);
    void begin(const Event& e);
    void end(const Event& e);
    void close(bool complete);
    void host(const note::Host& fact);
    void rule(const note::Rule& note);
    void hook(const note::Hook& note);
    void disturber(const note::Disturber& note);

    JudgeResult result_;
    Sequence sequence_;
    History history_;
    std::unique_ptr<Scenario> scenario_;
    std::string doubt_;
    uint64_t lost_ = 0;       // said by the kernel, in this scenario
    uint64_t uncounted_ = 0;  // since the last event that was a scenario's
    uint64_t page_size_ = 4096;
};

// A whole recording. An error is one line that names the file.
Result<JudgeResult> judge_file(const std::string& path);

// Live: feeds what the stream has until the scenario under way is settled. False: the
// stream ran dry before (sync() the recorder and call again, or judge.settle()).
Result<bool> judge_scenario(EventStream& stream, Judge& judge);

}  // namespace mmuw
