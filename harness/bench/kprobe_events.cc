// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <format>
#include <fstream>
#include <optional>

#include "base/fd.h"
#include "bench/contender.h"

namespace mmuw {

namespace {

namespace fs = std::filesystem;
constexpr const char* kFile = "/sys/kernel/tracing/kprobe_events";

bool append(const std::string& line) {
    const Fd fd(open(kFile, O_WRONLY | O_APPEND | O_CLOEXEC));
    return fd && write(fd.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size());
}

class Recording : public Contender {
  public:
    Recording(const Places& places, std::string directory)
        : places_(places), directory_(std::move(directory)) {}

    void start() override {
        probes_.emplace(places_.functions);
        std::vector<std::string> events = places_.tracepoints;
        events.emplace_back(KprobeEvents::kSystem);
        // The witness' own events are enabled, too, and silent: nobody has a session.
        auto recorder =
            Recorder::start({.directory = directory_, .buffer_kb = 8192, .extra = events});
        if (!recorder) throw std::runtime_error(recorder.error());
        recorder_ = std::move(*recorder);
    }

    std::uint64_t stop() override {
        recorder_->sync();
        const std::uint64_t events =
            recorded_events(std::format("/sys/kernel/tracing/instances/mmuwitness-{}", getpid()));
        recorder_.reset();
        probes_.reset();
        return events;
    }

  private:
    Places places_;
    std::string directory_;
    std::optional<KprobeEvents> probes_;
    std::unique_ptr<Recorder> recorder_;
};

}  // namespace

KprobeEvents::KprobeEvents(const std::vector<std::string>& functions) {
    for (const std::string& function : functions)
        if (append(std::format("p:{}/{} {}\n", kSystem, function, function)))
            made_.push_back(function);
    if (made_.empty()) throw NotHere(std::format("{}: {}", kFile, std::strerror(errno)));
}

KprobeEvents::~KprobeEvents() {
    // A tool that was killed has left them on, and an event that is on cannot be removed.
    std::ofstream(std::format("/sys/kernel/tracing/events/{}/enable", kSystem)) << "0";
    for (const std::string& function : made_) append(std::format("-:{}/{}\n", kSystem, function));
}

std::uint64_t recorded_events(const std::string& tracing) {
    std::uint64_t events = 0;
    std::uint64_t lost = 0;
    for (const auto& cpu : fs::directory_iterator(tracing + "/per_cpu")) {
        std::ifstream stats(cpu.path() / "stats");
        for (std::string line; std::getline(stats, line);) {
            const auto colon = line.find(": ");
            if (colon == line.npos) continue;
            const std::string what = line.substr(0, colon);
            if (what == "entries" || what == "read events")
                events += std::stoull(line.substr(colon + 2));
            if (what == "overrun" || what == "commit overrun" || what == "dropped events")
                lost += std::stoull(line.substr(colon + 2));
        }
    }
    if (lost != 0) throw std::runtime_error(std::format("{} events lost", lost));
    return events;
}

std::unique_ptr<Contender> make_kprobe_recording(const Places& places, std::string directory) {
    return std::make_unique<Recording>(places, std::move(directory));
}

}  // namespace mmuw
