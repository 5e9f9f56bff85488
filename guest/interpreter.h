// SPDX-License-Identifier: GPL-2.0-only
// Executes commands (protocol.h). Knows no architecture, so unit tests run it too.
#pragma once

#include "protocol.h"

namespace mmuw::guest {

template <class T>
inline T load(const T* p) {
    return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

template <class T>
inline void store(T* p, T value) {
    __atomic_store_n(p, value, __ATOMIC_RELEASE);
}

// Accesses to data pages that the CPU makes itself.
struct DirectAccess {
    static uint64_t load(uint64_t address) {
        return guest::load(reinterpret_cast<const uint64_t*>(address));
    }
    static void store(uint64_t address, uint64_t value) {
        guest::store(reinterpret_cast<uint64_t*>(address), value);
    }
    static uint64_t add(uint64_t address, uint64_t addend) {
        return __atomic_add_fetch(reinterpret_cast<uint64_t*>(address), addend, __ATOMIC_SEQ_CST);
    }
};

// Of an access that the guest's own page tables may refuse.
struct Tried {
    uint64_t value;  // read; 0 if it was refused
    uint64_t done;   // 1: it was made
};

// Arch: doorbell(), an exit to the VMM; relax(), a pause in a polling loop; write_done(), after
// which an earlier store is seen before later ones; and as DirectAccess. halt(), if that is an
// exit; load_, store_ and add_emulated(), read_port() if there is such a thing, execute() if code
// may be written and called at once; try_read(), try_write(), forget() and forget_all() if the
// guest can have page tables of its own, run_nested() if it can have guests, page_taken() if KVM
// may tell it of pages that have to come.
template <class Arch>
class Interpreter {
  public:
    explicit Interpreter(Control* control, Arch arch = {})
        : c_(*control), arch_(arch), stamp_(guest::load(&control->stamp)) {}

    [[noreturn]] void serve() {
        touch_journal();
        store(&c_.ready, uint64_t{1});
        Idle idle = c_.first_idle;
        for (uint64_t done = load(&c_.done);;) {
            while (load(&c_.posted) == done) {
                if (idle == Idle::kHalt)
                    halt();
                else if (idle == Idle::kPark)
                    arch_.doorbell();
                else
                    arch_.relax();
            }
            Command& command = c_.ring[done % kRingEntries];
            number_ = done + 1;
            execute(command);
            idle = command.idle;
            store(&c_.done, ++done);
        }
    }

  private:
    void halt() {
        if constexpr (requires { Arch::halt(); })
            Arch::halt();
        else
            arch_.doorbell();
    }

    // Stage-2 faults on private memory happen here, not between two writes of a scenario.
    void touch_journal() {
        for (uint64_t page = 0; page < c_.pages; page++) {
            uint64_t* entry = journal(page);
            store(entry, load(entry));
        }
    }

    [[gnu::noinline]] void execute(Command& command) {
        const uint32_t lane = command.lane == kOwnLane ? c_.lane : command.lane;
        sum_ = 0;
        last_ = 0;
        // An if chain, because a jump table would be a relocated pointer array.
        if (command.op == Op::kWrite)
            each(command, [&](uint64_t page) {
                write(page, command.stamp != 0 ? command.stamp : stamp_ + 1);
            });
        else if (command.op == Op::kRead)
            each(command, [&](uint64_t page) { read(page, lane); });
        else if (command.op == Op::kAdd)
            each(command, [&](uint64_t page) { add(page, lane, command.stamp); });
        else if (command.op == Op::kWriteWhile)
            until_stopped(command, [&](uint64_t page) { write(page, stamp_ + 1); });
        else if (command.op == Op::kReadWhile)
            until_stopped(command, [&](uint64_t page) { read(page, lane); });
        else if (command.op == Op::kSpin)
            spin();
        else if (command.op == Op::kExecute)
            each(command, [&](uint64_t page) { execute(page, lane); });
        else if (command.op == Op::kNested)
            each(command,
                 [&](uint64_t page) { nested(command.seed, data(page, lane), command.stamp); });
        else if (command.op == Op::kAwaitPages)
            await_pages();
        else if (command.op >= Op::kTryRead)
            own_tables(command, lane);
        else
            emulated(command, lane);
        command.last = last_;
        command.sum = sum_;
    }

    // Where the guest has none, nothing happens.
    void own_tables(Command& command, uint32_t lane) {
        if constexpr (requires { Arch::forget_all(uint64_t{}, uint64_t{}); }) {
            if (command.op == Op::kTryRead)
                each(command, [&](uint64_t page) {
                    const Tried tried = Arch::try_read(data(page, lane));
                    last_ = tried.value;
                    sum_ += tried.done;
                });
            else if (command.op == Op::kTryWrite)
                each(command, [&](uint64_t page) {
                    sum_ += Arch::try_write(data(page, lane), command.stamp).done;
                });
            else if (command.op == Op::kForget)
                each(command, [&](uint64_t page) { Arch::forget(data(page, 0)); });
            else
                Arch::forget_all(c_.root, command.stamp);
        }
    }

    // Where nothing is emulated, nothing happens.
    void emulated(Command& command, uint32_t lane) {
        if constexpr (requires { Arch::store_emulated(uint64_t{}, uint64_t{}); }) {
            if (command.op == Op::kWriteEmulated)
                each(command, [&](uint64_t page) {
                    Arch::store_emulated(data(page, c_.lane), stamp_ + 1);
                    written(page, stamp_ + 1);
                });
            else if (command.op == Op::kAddEmulated)
                each(command, [&](uint64_t page) {
                    Arch::add_emulated(data(page, lane), command.stamp);
                    sum_++;
                });
            else if (command.op == Op::kWriteEmulatedAcross)
                each(command, [&](uint64_t page) {
                    Arch::store_emulated(data(page + 1, 0) - sizeof command.stamp / 2,
                                         command.stamp);
                    sum_++;
                });
            else if (command.op == Op::kReadEmulated)
                each(command, [&](uint64_t page) {
                    last_ = Arch::load_emulated(data(page, lane));
                    sum_ += last_;
                });
            else if (command.op == Op::kReadEmulatedAcross)
                each(command, [&](uint64_t page) {
                    last_ = Arch::load_emulated(data(page + 1, 0) - sizeof last_ / 2);
                    sum_ += last_;
                });
            else if (command.op == Op::kReadPort)
                each(command,
                     [&](uint64_t page) { Arch::read_port(data(page, lane), command.stamp); });
        }
    }

    void execute([[maybe_unused]] uint64_t page, [[maybe_unused]] uint32_t lane) {
        if constexpr (requires { Arch::execute(uint64_t{}); }) {
            last_ = Arch::execute(data(page, lane));
            sum_ += last_;
        }
    }

    void nested([[maybe_unused]] uint64_t control, [[maybe_unused]] uint64_t address,
                [[maybe_unused]] uint64_t value) {
        if constexpr (requires { Arch::run_nested(control, address, value); }) {
            last_ = Arch::run_nested(control, address, value);
            sum_ += last_;
        }
    }

    // Exceptions may take some in between.
    void await_pages() {
        if constexpr (requires { Arch::page_taken(); }) {
            auto& faults =
                *reinterpret_cast<AsyncFaults*>(reinterpret_cast<uint64_t>(&c_) + kAsyncFaults);
            store(&c_.begun, number_);
            while (load(&faults.present) != 0 || load(&faults.taken) < load(&faults.told)) {
                const uint32_t token = load(&faults.present);
                if (token == 0)
                    arch_.relax();
                else
                    take(faults, token);
            }
        }
    }

    void take(AsyncFaults& faults, uint32_t token) {
        store(&faults.present, uint32_t{0});
        Arch::page_taken();
        if (token == kAllPages) {
            store(&faults.taken, load(&faults.told));
            store(&faults.taken_sum, load(&faults.told_sum));
        } else {
            __atomic_fetch_add(&faults.taken, 1, __ATOMIC_RELEASE);
            __atomic_fetch_add(&faults.taken_sum, token, __ATOMIC_RELEASE);
        }
        store(&c_.progress, c_.progress + 1);
    }

    template <class Touch>
    void each(const Command& command, Touch touch) {
        store(&c_.begun, number_);
        for (uint64_t i = 0; i < command.count; i++) {
            touch(command.first + i * command.stride);
            store(&c_.progress, c_.progress + 1);
        }
    }

    template <class Touch>
    void until_stopped(const Command& command, Touch touch) {
        uint64_t random = command.seed;
        for (uint64_t i = 0; load(&c_.stop) < number_;) {
            uint64_t index = i;
            if (command.order == Order::kRandom) {
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                index = random % command.count;
            } else if (++i == command.count) {
                i = 0;
            }
            touch(command.first + index * command.stride);
            store(&c_.progress, c_.progress + 1);
            if (c_.begun != number_) store(&c_.begun, number_);
            for (uint64_t n = 0; n < command.relax; n++) arch_.relax();
        }
        // Stopped before the first page: whoever waits for the beginning must not wait forever.
        store(&c_.begun, number_);
    }

    void spin() {
        store(&c_.begun, number_);
        while (guest::load(&c_.stop) < number_) arch_.relax();
    }

    void write(uint64_t page, uint64_t stamp) {
        arch_.store(data(page, c_.lane), stamp);
        written(page, stamp);
    }

    void written(uint64_t page, uint64_t stamp) {
        arch_.write_done();
        guest::store(journal(page), stamp);
        grow(stamp);
        last_ = stamp;
        sum_++;
    }

    void read(uint64_t page, uint32_t lane) {
        last_ = arch_.load(data(page, lane));
        sum_ += last_;
    }

    void add(uint64_t page, uint32_t lane, uint64_t addend) {
        last_ = arch_.add(data(page, lane), addend);
        sum_++;
        if (lane != c_.lane) return;
        arch_.write_done();
        guest::store(journal(page), last_);
        grow(last_);
    }

    void grow(uint64_t stamp) {
        if (stamp <= stamp_) return;
        stamp_ = stamp;
        store(&c_.stamp, stamp);
    }

    uint64_t data(uint64_t page, uint32_t lane) const {
        return c_.data + (page << c_.page_shift) + lane * sizeof(uint64_t);
    }
    uint64_t* journal(uint64_t page) const {
        return reinterpret_cast<uint64_t*>(c_.journal) + page;
    }

    Control& c_;
    [[no_unique_address]] Arch arch_;
    uint64_t stamp_;
    uint64_t number_ = 0;
    uint64_t last_ = 0;
    uint64_t sum_ = 0;
};

}  // namespace mmuw::guest
