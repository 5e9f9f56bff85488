// SPDX-License-Identifier: GPL-2.0-only
// A VM that runs the payload: what scenarios use.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "base/mapping.h"
#include "guest/protocol.h"
#include "vmm/channel.h"
#include "vmm/dirty_log.h"
#include "vmm/memslot.h"
#include "vmm/vcpu.h"
#include "vmm/vcpu_thread.h"

namespace mmuw {

// Can vCPUs be in system management mode here (GuestConfig::smm_vcpus)?
bool has_smm(const Kvm& kvm);

struct GuestConfig {
    unsigned vcpus = 1;        // 1..kMaxVcpus
    unsigned first_lane = 0;   // vCPU i writes lane first_lane + i: give each VM its own
    std::uint64_t pages = 64;  // data pages that the journal covers
    DirtyLogKind log = DirtyLogKind::kBitmap;  // which log; nothing is logged before enable()
    DirtyLogOptions log_options{};
    guest::Idle idle = guest::Idle::kPark;  // until set_idle(), and before the first command
    // Accesses to data pages that have no memslot exit, and are counted instead of being errors.
    bool count_unbacked = false;
    // The host unmaps or protects what is behind a memslot for a moment: no error of the vCPU's.
    bool memory_comes_back = false;
    VcpuThread::Policy policy = VcpuThread::Policy::kBackground;
    // So many vCPUs, the last ones, are in system management mode, which has memslots of its own:
    // all are made there if all vCPUs are in it, else those of add_smm_memory(). x86 only.
    unsigned smm_vcpus = 0;
    // A vCPU halts while a page of the host's has to be waited for, and KVM brings it (asynchronous
    // page faults). Where KVM cannot do that, the vCPU's task waits, as without this.
    bool async_faults = false;
    // arch::split_otherwise(); Guest::splits_otherwise() says whether it is.
    bool split_otherwise = false;
    // The data page that is the upper one of the guest's own page tables (arch::OwnTables), which
    // the guest fills itself.
    std::optional<std::uint64_t> own_tables = {};
    // What reads of the data port are answered with, in parts of any size (read_port_command()).
    std::function<void(std::span<std::byte>)> data = {};
    VmObserver* observer = nullptr;  // must outlive the Guest
};

// How a WHILE command walks its pages.
struct Walk {
    guest::Order order = guest::Order::kRoundRobin;
    std::uint64_t seed = 1;   // not 0
    std::uint64_t relax = 0;  // pauses after each page
    std::uint64_t stride = 1;
};

struct CommandResult {
    std::uint64_t last;  // last stamp written, last value read
    std::uint64_t sum;   // READ: sum of the lane over the pages; TRY: accesses that were not
                         // refused; else pages touched
};

// Pages are data page indexes; data memory is contiguous in the guest from page 0. Calls that wait
// throw what ended the vCPU, or std::runtime_error after 20 s without progress, or when it is
// stuck. Calls for different vCPUs may come from different threads, calls for one vCPU not.
class Guest {
  public:
    static constexpr unsigned kMaxVcpus = 16;

    Guest(const Kvm& kvm, const GuestConfig& config);
    ~Guest();
    Guest(const Guest&) = delete;
    Guest& operator=(const Guest&) = delete;

    // A memslot over [first, first + pages), backed by hva, with flags KVM_MEM_*; before or after
    // start(). Its id is 1, 2, ... in order of creation. The reference is valid until remove_memory
    // or ~Guest.
    Memslot& add_memory(std::uint64_t first, std::uint64_t pages, void* hva,
                        std::uint32_t flags = 0);
    Memslot& add_smm_memory(std::uint64_t first, std::uint64_t pages, void* hva);
    void remove_memory(Memslot& slot);
    // Elsewhere in the guest: `first` is its first data page from now on.
    void move_memory(Memslot& slot, std::uint64_t first);
    // Starts all vCPUs and waits until they are in their command loops.
    void start();

    [[nodiscard]] Vm& vm() { return *vm_; }
    // GuestConfig::async_faults, and KVM can.
    [[nodiscard]] bool async_faults() const { return async_faults_; }
    // ... and this vCPU is told of them, or no more; takes it out of the guest. What it was told:
    // when it is idle.
    void tell_async_faults(unsigned vcpu, bool tell);
    [[nodiscard]] guest::AsyncFaults told_async_faults(unsigned vcpu) const {
        return cpus_.at(vcpu).channel->async_faults();
    }
    [[nodiscard]] bool splits_otherwise() const { return splits_otherwise_; }
    [[nodiscard]] DirtyLog& log() { return *log_; }
    [[nodiscard]] unsigned vcpus() const { return static_cast<unsigned>(cpus_.size()); }
    [[nodiscard]] VcpuThread& thread(unsigned vcpu) { return *cpus_.at(vcpu).thread; }
    [[nodiscard]] unsigned lane(unsigned vcpu) const { return config_.first_lane + vcpu; }
    [[nodiscard]] std::uint64_t gfn(std::uint64_t page) const;
    // Of the addresses for which the guest has page tables of its own, the n-th 4 KB: for commands
    // whose pages may be anywhere.
    [[nodiscard]] static std::uint64_t own_page(std::uint64_t n);
    // Data page index of a slot's first page.
    [[nodiscard]] std::uint64_t first_page(const Memslot& slot) const;

    // What a vCPU does after the commands posted from now on. Takes effect with its next command,
    // so vCPUs that get none stay parked: with more polling vCPUs than spare CPUs, each waits for
    // its turn (4 ms and more under emulation).
    void set_idle(guest::Idle idle) { idle_ = idle; }

    // Done when they return. stamp 0: a new, larger one for each page.
    CommandResult write(unsigned vcpu, std::uint64_t first, std::uint64_t count = 1,
                        std::uint64_t stamp = 0, std::uint64_t stride = 1);
    CommandResult read(unsigned vcpu, std::uint64_t first, std::uint64_t count = 1,
                       std::uint32_t lane = guest::kOwnLane, std::uint64_t stride = 1);
    CommandResult add(unsigned vcpu, std::uint64_t first, std::uint64_t count = 1,
                      std::uint64_t addend = 1, std::uint32_t lane = guest::kOwnLane);

    // Return when the vCPU has touched its first page. One such command per vCPU at a time.
    void start_writing(unsigned vcpu, std::uint64_t first, std::uint64_t count,
                       const Walk& walk = {});
    void start_reading(unsigned vcpu, std::uint64_t first, std::uint64_t count,
                       const Walk& walk = {}, std::uint32_t lane = guest::kOwnLane);
    void start_spinning(unsigned vcpu);
    // Returns when the vCPU has touched so many pages more. It must not be paused.
    void wait_progress(unsigned vcpu, std::uint64_t pages);
    // Ends it; returns when the last write is complete and in the journal.
    CommandResult stop(unsigned vcpu);
    CommandResult stop_writing(unsigned vcpu) { return stop(vcpu); }

    // Has KVM map the pages (KVM_CAP_PRE_FAULT_MEMORY). Takes the vCPU out of the guest. False: the
    // kernel does not come to an end with one of them.
    [[nodiscard]] bool prefault(unsigned vcpu, std::uint64_t first, std::uint64_t count);

    // What needs the vCPU out of the guest.
    void with_vcpu(unsigned vcpu, const std::function<void(const Vcpu&)>& act);

    // Without waiting for their end: what wait() is given.
    std::uint64_t post_write(unsigned vcpu, std::uint64_t first, std::uint64_t count = 1);
    std::uint64_t post_read(unsigned vcpu, std::uint64_t first, std::uint64_t count = 1);
    // One after the other, without waiting in between: a round trip for as many as fit.
    static guest::Command write_command(std::uint64_t page);
    // By KVM's emulator: arch::emulation_setting().
    static guest::Command emulated_write_command(std::uint64_t page);
    static guest::Command emulated_add_command(std::uint64_t page, std::uint64_t addend);
    // Half of the stamp's bytes at the end of the page, half at the beginning of the next.
    static guest::Command emulated_write_across_command(std::uint64_t page, std::uint64_t stamp);
    static guest::Command emulated_read_command(std::uint64_t page, std::uint32_t lane);
    static guest::Command emulated_read_across_command(std::uint64_t page);
    // So many lanes, which may be more than the page has.
    static guest::Command read_port_command(std::uint64_t page, std::uint32_t lane,
                                            std::uint64_t lanes);
    // The code of arch::code_that_returns().
    static guest::Command execute_command(std::uint64_t page, std::uint32_t lane);
    // By a guest of the guest's own (arch::NestedGuest), whose control page is at the guest address
    // `control`: it stores the value there, or loads it.
    static guest::Command nested_command(std::uint64_t page, std::uint32_t lane,
                                         std::uint64_t value, std::uint64_t control);
    // With page tables of its own: own_page(), data pages.
    static guest::Command try_read_command(std::uint64_t page, std::uint32_t lane);
    static guest::Command try_write_command(std::uint64_t page, std::uint32_t lane,
                                            std::uint64_t stamp);
    static guest::Command forget_command(std::uint64_t page);
    // how: x86: 0 by CR3, 1 by CR4.PGE; elsewhere there is one way.
    static guest::Command forget_all_command(std::uint64_t how = 0);
    static guest::Command read_command(std::uint64_t page, std::uint32_t lane = guest::kOwnLane);
    // Until all are there that it was told to wait for.
    static guest::Command await_pages_command();
    std::vector<CommandResult> run(unsigned vcpu, std::span<const guest::Command> commands);
    // Any command: post() returns the command's number for wait() and begun().
    std::uint64_t post(unsigned vcpu, guest::Command command);
    CommandResult wait(unsigned vcpu, std::uint64_t number);
    void wait_begun(unsigned vcpu, std::uint64_t number);
    // Posts it, and waits until it is done or KVM_RUN says that the host's mapping does not allow
    // an access of it; with memory_comes_back.
    struct Attempt {
        std::uint64_t number;  // for wait()
        bool denied;
    };
    Attempt attempt(unsigned vcpu, const guest::Command& command);
    void wait_idle(unsigned vcpu);

    // Of the running guest: the last stamp whose write to the page has completed.
    [[nodiscard]] std::uint64_t journal(unsigned vcpu, std::uint64_t page) const;
    [[nodiscard]] std::uint64_t progress(unsigned vcpu) const;  // pages ever touched
    [[nodiscard]] std::uint64_t stamp(unsigned vcpu) const;     // newest of its lane
    // A vCPU's exits for want of a memslot at this data page, or of one that may be written; with
    // count_unbacked only.
    [[nodiscard]] std::uint64_t unbacked(unsigned vcpu, std::uint64_t page) const;

    // All vCPUs out of KVM_RUN, wherever they were; writers stop in mid-walk.
    void pause();
    void resume();

  private:
    struct Cpu {
        std::unique_ptr<Vcpu> vcpu;
        std::unique_ptr<Channel> channel;
        std::unique_ptr<VcpuThread> thread;
    };

    bool count_unbacked(unsigned vcpu, kvm_run& run);
    void memslots_change();
    void tell_if_backed(const kvm_run& run);
    // Of a vCPU.
    struct Progress {
        std::uint64_t begun = 0, done = 0, pages = 0;
        std::chrono::nanoseconds cpu_time{};
    };
    [[nodiscard]] Progress progress_of(unsigned vcpu);
    // True: condition() holds. False: the vCPU is stuck, or the time is over.
    bool wait_long(unsigned vcpu, const std::function<bool()>& condition);
    void wait_until(unsigned vcpu, bool parks, const std::function<bool()>& condition,
                    const char* what);

    GuestConfig config_;
    guest::Idle idle_;
    Mapping private_;
    std::unique_ptr<DirtyLog> log_;
    bool async_faults_ = false;
    bool splits_otherwise_ = false;
    std::unique_ptr<Vm> vm_;
    std::vector<std::unique_ptr<Memslot>> private_slots_;  // one in each address space that is used
    std::vector<std::unique_ptr<Memslot>> slots_;
    std::mutex slots_mutex_;      // of the list: a vCPU's thread reads it
    bool slots_changed_ = false;  // one was deleted or moved
    std::uint32_t next_slot_ = 1;
    std::vector<std::atomic<std::uint64_t>> unbacked_;  // by vCPU and data page
    std::vector<Cpu> cpus_;
};

}  // namespace mmuw
