// SPDX-License-Identifier: GPL-2.0-only
// Where the events of a run come from: the module and the kernel's trace buffer, or, without the
// module, what the harness notes itself. Either is judged by the same rules.
#pragma once

#include <memory>
#include <string>

#include "judge/judge.h"
#include "trace/marks_file.h"
#include "trace/recorder.h"
#include "witness/device.h"
#include "witness/notebook.h"

namespace mmuw {

class Evidence {
  public:
    virtual ~Evidence() = default;
    [[nodiscard]] virtual Witness& witness() = 0;
    // Hooks, gates and plants; nullptr: the module has no part in this.
    [[nodiscard]] virtual Device* module() = 0;
    // What has happened by now can be judged then, and what was lost of it is known.
    virtual void sync() = 0;
    // Feeds it, up to the end of the scenario under way. True: that is judged.
    virtual Result<bool> judge_scenario(Judge& judge) = 0;
    virtual Recorder::Loss loss() = 0;
    // Writes the recording. On an error (disk full) there is none.
    virtual Result<void> finish() = 0;

  protected:
    Evidence() = default;
    Evidence(const Evidence&) = default;
    Evidence& operator=(const Evidence&) = default;
    Evidence(Evidence&&) = default;
    Evidence& operator=(Evidence&&) = default;
};

// trace.dat in `directory`. The session is started, its hooks are attached.
class ModuleEvidence : public Evidence {
  public:
    // std::runtime_error with one line that says what to do. An empty plant: none.
    // mmu: enum mmuwitness_mmu.
    ModuleEvidence(std::string directory, std::size_t buffer_kb, const std::string& plant,
                   std::uint32_t mmu);
    Witness& witness() override { return device_; }
    Device* module() override { return &device_; }
    void sync() override { recorder_->sync(); }
    Result<bool> judge_scenario(Judge& judge) override;
    Recorder::Loss loss() override { return recorder_->loss(); }
    Result<void> finish() override;

  private:
    std::string directory_;
    Device device_;
    std::unique_ptr<Recorder> recorder_;
    std::unique_ptr<EventStream> stream_;
};

// marks.txt in `directory`.
class MarksEvidence : public Evidence {
  public:
    explicit MarksEvidence(const std::string& directory);
    Witness& witness() override { return notebook_; }
    Device* module() override { return nullptr; }
    void sync() override {}
    Result<bool> judge_scenario(Judge& judge) override;
    // Marks are in memory until they are judged: none is ever lost.
    Recorder::Loss loss() override { return {}; }
    Result<void> finish() override { return file_.finish(); }

  private:
    Notebook notebook_;
    MarksFile file_;
};

}  // namespace mmuw
