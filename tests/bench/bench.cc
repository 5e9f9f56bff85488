// SPDX-License-Identifier: GPL-2.0-only
// How fast is a recording judged, and how much memory does it take? Not a test: prints
// figures. Recordings are made by synth, of the shape of a dirty-logging scenario.
//
//   mmuwitness-bench [MILLIONS OF EVENTS]...   default: 1 4
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

extern "C" {
#include <traceevent/kbuffer.h>
}

#include "../support/synth.h"
#include "judge/judge.h"
#include "trace/dat.h"
#include "trace/marks.h"
#include "trace/text.h"

namespace {

using namespace mmuw;

constexpr uint64_t kPages = 4096;  // of the slot
constexpr unsigned kCpus = 4;

// Endless rounds over the slot: fault, mark, SPTE, then collection with W cleared, a flush,
// and now and then an invalidation.
class Shape {
  public:
    Shape() {
        for (const char* l :
             {"note kind=SCENARIO_BEGIN text=\"bench seed=1 plant=-\"",
              "note kind=RULE text=\"flush-on-protect\"", "note kind=HOOK text=\"spte attached\"",
              "note kind=HOOK text=\"fault attached\"",
              "note kind=HOOK text=\"pfn_lookup attached\"",
              "note kind=HOOK text=\"log_mark attached\"",
              "note kind=HOOK text=\"vm_ioctl attached\"",
              "note kind=HOOK text=\"notifier_start attached\"",
              "note kind=HOOK text=\"page_mkwrite attached\"",
              "note kind=HOOK text=\"tlb_flush attached\"",
              "mark kind=MEMSLOT vm=1 slot=0 flags=1 gfn=0x1000 pages=4096 hva=0x7f0000000000 "
              "file=1"})
            add(event(l), 0);
        begin_ = event("fault vm=1 vcpu=0 pid=20 phase=BEGIN write=1 inv_seq=4");
        pfn_ = event("fault vm=1 vcpu=0 pid=20 phase=PFN write=1 inv_seq=4");
        mark_ = event("log_mark vm=1 vcpu=0 pid=20 logging=1 lock=HELD");
        spte_ = event(
            "spte vm=1 vcpu=0 pid=20 level=1 bits_old=PAL bits_new=PWDAL file=1 "
            "page=PRESENT|DIRTY|TAG_DIRTY lock=HELD inv_seq=4");
        end_ = event("fault vm=1 vcpu=0 pid=20 phase=END write=1");
        wrote_ = event("mark kind=WROTE vm=1 pid=10 slot=0");
        clear_ = event("spte vm=1 pid=10 level=1 bits_old=PWDAL bits_new=PAL file=1 lock=HELD");
    }
    void make(uint64_t events) {
        while (order_ < events) {
            for (uint64_t p = 0; p < kPages && order_ < events; ++p) fault(p);
            collect();
        }
        add(event("note kind=SCENARIO_END text=\"trials=1 hits=1 status=done\""), 0);
    }
    Result<void> write(const std::string& path) {
        std::vector<DatPages> pages;
        for (unsigned c = 0; c < kCpus; ++c) {
            cpus_[c].flush();
            pages.push_back({static_cast<uint16_t>(c), cpus_[c].fd(), cpus_[c].size()});
        }
        return write_dat(path, synth::contents(4096), pages);
    }

  private:
    static Event event(const char* line) { return parse_line(line).value(); }
    void add(Event e, unsigned cpu) {
        e.order = e.seq = ++order_;
        e.ns = order_ * 500;
        cpus_[cpu].add(e);
    }
    void fault(uint64_t p) {
        const auto vcpu = static_cast<int16_t>(p % kCpus);
        const uint64_t gfn = 0x1000 + p;
        for (Event* e : {&begin_, &pfn_, &end_}) e->fault.gfn = gfn, e->fault.vcpu = vcpu;
        mark_.log_mark.gfn = spte_.spte.gfn = gfn;
        mark_.log_mark.vcpu = spte_.spte.vcpu = vcpu;
        spte_.spte.index = p;
        for (const Event* e : {&begin_, &pfn_, &mark_, &spte_, &end_})
            add(*e, static_cast<unsigned>(vcpu));
    }
    void collect() {
        for (uint64_t p = 0; p < kPages; p += 4) {
            set_mark(wrote_, mark::Wrote{.gfn = 0x1000 + p});
            add(wrote_, 0);
        }
        add(event("mark kind=COLLECT_BEGIN vm=1 pid=10 slot=0"), 0);
        add(event("vm_ioctl vm=1 pid=10 phase=BEGIN cmd=KVM_GET_DIRTY_LOG"), 0);
        for (uint64_t p = 0; p < kPages; ++p) {
            clear_.spte.gfn = 0x1000 + p;
            clear_.spte.index = p;
            add(clear_, 0);
        }
        for (const char* l :
             {"tlb_flush vm=1 pid=10 phase=REQUEST", "tlb_flush vm=1 pid=10 phase=DONE",
              "vm_ioctl vm=1 pid=10 phase=END cmd=KVM_GET_DIRTY_LOG"})
            add(event(l), 0);
        Event logged = event("mark kind=LOGGED vm=1 pid=10 slot=0");
        for (uint64_t p = 0; p < kPages; p += 64) {
            set_mark(logged, mark::Logged{.gfn = 0x1000 + p, .bits = ~uint64_t{0}});
            add(logged, 0);
        }
        add(event("mark kind=COLLECT_END vm=1 pid=10 slot=0"), 0);
    }

    synth::Cpu cpus_[kCpus] = {synth::Cpu(4096), synth::Cpu(4096), synth::Cpu(4096),
                               synth::Cpu(4096)};
    Event begin_, pfn_, mark_, spte_, end_, wrote_, clear_;
    uint64_t order_ = 0;
};

double seconds_since(std::chrono::steady_clock::time_point from) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count();
}

// The floor: every record found, none looked at.
double kbuffer_only(const std::string& path, uint64_t& records) {
    const auto from = std::chrono::steady_clock::now();
    auto file = DatFile::open(path);
    kbuffer* k = kbuffer_alloc(KBUFFER_LSIZE_8, KBUFFER_ENDIAN_LITTLE);
    for (const DatCpu& c : file->cpus) {
        FilePages pages(file->fd.get(), c.offset,
                        std::make_shared<const std::atomic<uint64_t>>(c.offset + c.size),
                        file->page);
        for (auto page = pages.next(); page && !page->empty(); page = pages.next()) {
            kbuffer_load_subbuffer(k, page->data());
            unsigned long long ts = 0;
            for (void* r = kbuffer_read_event(k, &ts); r; r = kbuffer_next_event(k, &ts)) ++records;
        }
    }
    kbuffer_free(k);
    return seconds_since(from);
}

void report(const std::string& path) {
    uint64_t records = 0;
    const double floor = kbuffer_only(path, records);
    const auto from = std::chrono::steady_clock::now();
    auto result = judge_file(path);
    const double judged = seconds_since(from);
    if (!result) {
        std::fprintf(stderr, "%s\n", result.error().c_str());
        exit(1);
    }
    const auto& s = result->scenarios.at(0);
    rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    std::printf(
        "%9lu events: judged %.2f M/s, kbuffer alone %.2f M/s, ratio %.1f; peak RSS %ld KB; %s\n",
        static_cast<unsigned long>(records), static_cast<double>(records) / judged / 1e6,
        static_cast<double>(records) / floor / 1e6, judged / floor, usage.ru_maxrss,
        std::string(to_string(s.verdict)).c_str());
    for (const auto& r : s.rules)
        std::printf("          %s: %s, checked %lu\n", r.rule.c_str(),
                    std::string(to_string(r.verdict)).c_str(),
                    static_cast<unsigned long>(r.checked));
}

// In a child, so that its peak RSS is its own.
template <typename F>
void in_child(F&& f) {
    std::fflush(stdout);
    const pid_t pid = fork();
    if (pid == 0) {
        f();
        std::fflush(stdout);
        _exit(0);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    if (status) exit(1);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string path = "/tmp/mmuwitness-bench." + std::to_string(getpid()) + ".dat";
    std::vector<std::string> sizes(argv + 1, argv + argc);
    if (sizes.empty()) sizes = {"1", "4"};
    for (const std::string& millions : sizes) {
        in_child([&] {
            Shape shape;
            shape.make(strtoull(millions.c_str(), nullptr, 10) * 1000000);
            auto ok = shape.write(path);
            if (!ok) {
                std::fprintf(stderr, "%s\n", ok.error().c_str());
                _exit(1);
            }
        });
        in_child([&] { report(path); });
        unlink(path.c_str());
    }
    return 0;
}
