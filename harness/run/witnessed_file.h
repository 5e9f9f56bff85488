// SPDX-License-Identifier: GPL-2.0-only
// Backing files that the witness watches, and the steps on them that rules judge.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "backing/backing_file.h"
#include "backing/disk_reader.h"
#include "backing/filesystem.h"
#include "backing/syncer.h"
#include "machine/machine_guard.h"
#include "witness/witness.h"

namespace mmuw {

struct Expectation {
    std::uint64_t page;
    std::uint64_t lane;
    std::uint64_t stamp;
};

class WitnessedFile {
  public:
    WitnessedFile(Witness& witness, const std::string& directory, std::uint64_t pages);
    ~WitnessedFile();
    WitnessedFile(const WitnessedFile&) = delete;
    WitnessedFile& operator=(const WitnessedFile&) = delete;

    [[nodiscard]] BackingFile& file() { return file_; }
    [[nodiscard]] const BackingFile& file() const { return file_; }
    [[nodiscard]] std::uint32_t id() const { return id_; }
    [[nodiscard]] std::uint64_t pages() const { return file_.pages(); }

    // Syncs the whole file and reads back what the device holds. `written` is asked right before
    // the call: stamps whose writes are complete by then. None: nothing is read back. Where the
    // filesystem promises nothing, or there is no disk to read, only that is put on record.
    void sync(Sync sync, const std::function<std::vector<Expectation>()>& written);
    // Freezes its filesystem, has `meanwhile` done, and reads back what the device holds of all
    // that `written` says is written by then. False: it did not stay frozen for so long, and that
    // says nothing.
    bool freeze(MachineGuard& guard, const std::function<void()>& meanwhile,
                const std::function<std::vector<Expectation>()>& written);
    // No writer runs: writeback comes to rest, and the pages' state is put on record. Nothing,
    // without the module (nobody else tells a page's state) or where there is no writeback.
    std::vector<std::uint32_t> settle();
    // Nobody maps or writes the file any more: what cannot be dropped is held by somebody.
    void release();

  private:
    [[nodiscard]] std::vector<mmuwitness_mark> marks_of(
        const std::vector<Expectation>& expectations) const;
    [[nodiscard]] std::vector<mmuwitness_mark> read_back(
        const std::vector<Expectation>& expectations);
    // Why nothing can be said of the disk after such a sync, or empty.
    [[nodiscard]] std::string why_not_on_disk(Sync sync) const;
    // On record, once: what this filesystem has no evidence for, and why.
    void cannot(std::string_view rule, const std::string& why);

    Witness& witness_;
    BackingFile file_;
    Filesystem filesystem_;
    Syncer syncer_;
    std::optional<DiskReader> disk_;
    std::string why_no_disk_;
    std::set<std::string, std::less<>> cannot_;
    std::uint32_t id_;
};

struct BackingPage {
    std::uint32_t file;  // 0: none
    std::uint64_t page;
};

class WitnessedFiles {
  public:
    WitnessedFile& add(Witness& witness, const std::string& directory, std::uint64_t pages);
    // What the mapping at hva shows.
    [[nodiscard]] BackingPage find(std::uint64_t hva) const;
    // Not beside add() or find(): those may be called by any thread.
    [[nodiscard]] std::list<WitnessedFile>& all() { return files_; }

  private:
    mutable std::mutex mutex_;
    std::list<WitnessedFile> files_;
};

}  // namespace mmuw
