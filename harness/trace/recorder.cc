// SPDX-License-Identifier: GPL-2.0-only
#include "trace/recorder.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <sstream>

#include "trace/dat.h"

namespace mmuw {
namespace {

// Between two passes. 8 MB per CPU take 100 ms and more to fill at a million events/s.
constexpr std::chrono::milliseconds kPause(10);

}  // namespace

Recorder::Recorder(RecorderOptions options, Instance instance)
    : options_(std::move(options)), instance_(std::move(instance)) {}

Result<std::unique_ptr<Recorder>> Recorder::start(RecorderOptions options) {
    auto instance = Instance::create();
    if (!instance) return std::unexpected(instance.error());
    std::unique_ptr<Recorder> r(new Recorder(std::move(options), std::move(*instance)));
    if (auto ok = r->setup(); !ok) return std::unexpected(ok.error());
    r->thread_ = std::thread(&Recorder::run, r.get());
    return r;
}

// Of the instance (its sub-buffers may have a size of their own); some kernels have it at
// the top only.
Result<std::string> Recorder::read_header(const char* file) const {
    auto text = instance_.read(file);
    if (text) return text;
    auto tracing = tracing_dir();
    return tracing ? read_file(*tracing + "/" + file) : text;
}

Result<void> Recorder::setup() {
    // counter: one total order over all CPUs, no ties. overwrite off: losing the newest
    // events is counted per CPU, losing the oldest would cut the stream's beginning.
    // buffer_percent 0: poll() tells of the first event.
    for (const auto& [file, value] :
         {std::pair{"trace_clock", "counter"}, std::pair{"options/overwrite", "0"},
          std::pair{"buffer_percent", "0"}, std::pair{"tracing_on", "1"}})
        if (auto ok = instance_.write(file, value); !ok) return ok;
    if (auto ok = instance_.set_buffer(options_.buffer_kb); !ok) return ok;
    auto formats = instance_.formats(kSystem);
    if (!formats) return std::unexpected(formats.error());
    formats_ = std::move(*formats);
    auto decoder = Decoder::make(formats_);
    if (!decoder) return std::unexpected(decoder.error());
    decoder_ = std::make_shared<const Decoder>(std::move(*decoder));
    auto header = read_header("events/header_page");
    if (!header) return std::unexpected(header.error());
    header_page_ = std::move(*header);
    auto layout = parse_header_page(header_page_);
    if (!layout) return std::unexpected(layout.error());
    page_ = layout->page;
    data_ = layout->data;
    for (const uint16_t cpu : instance_.cpus()) {
        auto spool = Spool::open(std::format("{}/per_cpu/cpu{}", instance_.dir(), cpu), cpu,
                                 options_.directory, page_);
        if (!spool) return std::unexpected(spool.error());
        spools_.push_back(std::move(*spool));
    }
    if (auto ok = instance_.enable(kSystem, nullptr); !ok) return ok;
    for (const std::string& e : options_.extra) {
        const size_t colon = e.find(':');
        const std::string event = colon == e.npos ? "" : e.substr(colon + 1);
        const std::string system = e.substr(0, colon);
        if (auto ok = instance_.enable(system, event.empty() ? nullptr : event.c_str()); !ok)
            return ok;
        if (auto more = instance_.formats(system))
            formats_.insert(formats_.end(), more->begin(), more->end());
    }
    return {};
}

void Recorder::drain_all() {
    // What is in the buffer now fits into its pages; more is of later, and would keep us here.
    // ring_buffer_resize() counts what a page holds beside its header, and has at least two
    // pages; the reader's comes to them.
    const size_t bytes = options_.buffer_kb * 1024;
    const size_t most = std::max<size_t>(2, (bytes + page_ - data_ - 1) / (page_ - data_)) + 1;
    for (Spool& s : spools_) s.drain(most);
}

void Recorder::note_error() {
    for (const Spool& s : spools_)
        if (error_.empty()) error_ = s.error_text();
}

void Recorder::run() {
    std::unique_lock lock(mutex_);
    while (!stop_) {
        wake_.wait_for(lock, kPause, [&] { return stop_ || wanted_ != synced_; });
        const uint64_t wanted = wanted_;
        lock.unlock();
        drain_all();
        lock.lock();
        synced_ = wanted;
        note_error();
        done_.notify_all();
    }
}

void Recorder::sync() {
    std::unique_lock lock(mutex_);
    if (!thread_.joinable()) return;
    const uint64_t mine = ++wanted_;
    wake_.notify_one();
    done_.wait(lock, [&] { return synced_ >= mine; });
}

Result<EventStream> Recorder::stream() {
    EventStream stream(decoder_, data_);
    for (const Spool& s : spools_)
        stream.add_cpu(s.cpu(), std::make_unique<FilePages>(s.fd(), 0, s.end(), page_));
    return stream;
}

Recorder::Loss Recorder::loss() {
    Loss loss;
    for (const Spool& s : spools_) {
        auto stats = read_file(std::format("{}/per_cpu/cpu{}/stats", instance_.dir(), s.cpu()));
        std::istringstream lines(stats.value_or(""));
        for (std::string line; std::getline(lines, line);) {
            unsigned long long n = 0;
            if (std::sscanf(line.c_str(), "overrun: %llu", &n) == 1 ||
                std::sscanf(line.c_str(), "commit overrun: %llu", &n) == 1 ||
                std::sscanf(line.c_str(), "dropped events: %llu", &n) == 1)
                loss.events += n;
        }
    }
    const std::scoped_lock lock(mutex_);
    loss.why = error_;
    return loss;
}

void Recorder::stop() {
    {
        const std::scoped_lock lock(mutex_);
        stop_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
}

Result<DatContents> Recorder::contents() {
    DatContents c;
    c.header_page = header_page_;
    auto header = read_header("events/header_event");
    if (!header) return std::unexpected(header.error());
    c.header_event = std::move(*header);
    c.formats = formats_;
    if (auto tracing = tracing_dir())
        c.cmdlines = read_file(*tracing + "/saved_cmdlines").value_or("");
    c.clock = instance_.read("trace_clock").value_or("[counter]");
    utsname u = {};
    uname(&u);
    c.uname = std::format("{} {} {} {}", u.sysname, u.nodename, u.release, u.machine);
    for (const Spool& s : spools_)
        c.cpu_stats.push_back(
            std::format("CPU: {}\n{}", s.cpu(),
                        read_file(std::format("{}/per_cpu/cpu{}/stats", instance_.dir(), s.cpu()))
                            .value_or("")));
    c.page = static_cast<uint32_t>(page_);
    return c;
}

Result<void> Recorder::finish(const std::string& path) {
    if (auto off = instance_.write("tracing_on", "0"); !off) return off;
    stop();
    drain_all();
    auto c = contents();
    if (!c) return std::unexpected(c.error());
    std::vector<DatPages> pages;
    for (const Spool& s : spools_) pages.push_back({s.cpu(), s.fd(), s.size()});
    auto ok = write_dat(path, *c, pages);
    if (!ok) unlink(path.c_str());
    for (const Spool& s : spools_) unlink(s.path().c_str());
    spools_.clear();
    return ok;
}

Recorder::~Recorder() {
    stop();
    for (const Spool& s : spools_) unlink(s.path().c_str());
}

}  // namespace mmuw
