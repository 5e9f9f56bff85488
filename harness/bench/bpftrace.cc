// SPDX-License-Identifier: GPL-2.0-only
#include <unistd.h>

#include <format>
#include <fstream>
#include <iterator>
#include <optional>
#include <thread>

#include "bench/contender.h"
#include "bench/tool.h"

namespace mmuw {

namespace {

using namespace std::chrono_literals;

constexpr const char* kPath = "/usr/bin/bpftrace";
// Compiling is most of it; under emulation LLVM takes its time.
constexpr auto kStart = 180s;
// BEGIN runs when the programs are loaded; attaching them takes a moment more.
constexpr auto kAttach = 2s;

class Bpftrace : public Contender {
  public:
    Bpftrace(const Places& places, std::string directory, BpftraceDoes does)
        : places_(places), file_(std::move(directory) + "/bpftrace.out"), does_(does) {}

    void start() override {
        // Only what the kernel takes as a kprobe: an error in one would end the script.
        if (access(kPath, X_OK) != 0) throw NotHere(std::format("no {}", kPath));
        const KprobeEvents probes(places_.functions);
        std::string script;
        for (const std::string& function : probes.functions())
            script += (script.empty() ? "kprobe:" : ",kprobe:") + function;
        for (const std::string& tracepoint : places_.tracepoints)
            script += ",tracepoint:" + tracepoint;
        script += does_ == BpftraceDoes::kCount
                      ? " { @n = count(); }"
                      : R"( { printf("%llu %d %s\n", nsecs, tid, probe); })";
        script += R"( BEGIN { printf("ready\n"); })";
        setenv("BPFTRACE_PERF_RB_PAGES", "2048", 1);  // 8 MiB per CPU, as the others have
        // Not -o: that file is written when it ends, "ready" among it.
        tool_.emplace(std::vector<std::string>{kPath, "-e", script}, file_);
        const auto until = std::chrono::steady_clock::now() + kStart;
        while (!output().contains("ready")) tool_->wait_running(until);
        std::this_thread::sleep_for(kAttach);
    }

    std::uint64_t stop() override {
        // What it has not printed by then is not printed at all.
        for (std::size_t size = 0; size != output().size(); std::this_thread::sleep_for(1s))
            size = output().size();
        const std::string said = tool_->interrupt();
        tool_.reset();
        const std::string printed = output();
        unlink(file_.c_str());
        for (const std::string& text : {said, printed})
            if (const auto lost = text.find("Lost "); lost != text.npos)
                throw std::runtime_error(text.substr(lost, text.find('\n', lost) - lost));
        if (does_ == BpftraceDoes::kCount) {
            const auto at = printed.find("@n: ");
            return at == printed.npos ? 0 : std::stoull(printed.substr(at + 4));
        }
        std::uint64_t lines = 0;
        for (const char c : printed) lines += c == '\n';
        return lines - 2;  // what it is attaching, and "ready"
    }

  private:
    [[nodiscard]] std::string output() const {
        std::ifstream file(file_);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    Places places_;
    std::string file_;
    BpftraceDoes does_;
    std::optional<Tool> tool_;
};

}  // namespace

std::unique_ptr<Contender> make_bpftrace(const Places& places, std::string directory,
                                         BpftraceDoes does) {
    return std::make_unique<Bpftrace>(places, std::move(directory), does);
}

}  // namespace mmuw
