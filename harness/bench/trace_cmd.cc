// SPDX-License-Identifier: GPL-2.0-only
#include <unistd.h>

#include <format>
#include <fstream>
#include <optional>

#include "bench/contender.h"
#include "bench/tool.h"

namespace mmuw {

namespace {

using namespace std::chrono_literals;

constexpr auto kStartLimit = 60s;

std::string first_word(const std::string& path) {
    std::string word;
    std::ifstream(path) >> word;
    return word;
}

class TraceCmd : public Contender {
  public:
    TraceCmd(const Places& places, std::string directory)
        : places_(places), file_(std::move(directory) + "/trace-cmd.dat") {}

    void start() override {
        probes_.emplace(places_.functions);
        std::vector<std::string> words = {
            "/usr/bin/trace-cmd", "record", "-b", "8192", "-o", file_, "-e", KprobeEvents::kSystem};
        for (const std::string& tracepoint : places_.tracepoints) {
            words.emplace_back("-e");
            words.push_back(tracepoint);
        }
        tool_.emplace(words);
        // It says "Hit Ctrl^C" to a terminal only. Events are enabled before tracing is.
        const auto until = std::chrono::steady_clock::now() + kStartLimit;
        while (!recording()) tool_->wait_running(until);
    }

    std::uint64_t stop() override {
        const std::uint64_t events = recorded_events("/sys/kernel/tracing");
        tool_->interrupt();
        tool_.reset();
        unlink(file_.c_str());
        probes_.reset();
        return events;
    }

  private:
    static bool recording() {
        return first_word(std::format("/sys/kernel/tracing/events/{}/enable",
                                      KprobeEvents::kSystem)) == "1" &&
               first_word("/sys/kernel/tracing/tracing_on") == "1";
    }

    Places places_;
    std::string file_;
    std::optional<KprobeEvents> probes_;
    std::optional<Tool> tool_;
};

}  // namespace

std::unique_ptr<Contender> make_trace_cmd(const Places& places, std::string directory) {
    return std::make_unique<TraceCmd>(places, std::move(directory));
}

}  // namespace mmuw
