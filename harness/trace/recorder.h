// SPDX-License-Identifier: GPL-2.0-only
// A live recording: a tracefs instance, a thread that empties it into spool files, and in
// the end a trace.dat. The module must be loaded before.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "trace/dat_writer.h"
#include "trace/instance.h"
#include "trace/result.h"
#include "trace/spool.h"
#include "trace/stream.h"

namespace mmuw {

struct RecorderOptions {
    std::string directory;           // for the spool files; exists
    size_t buffer_kb = 8192;         // of the kernel's ring buffer, per CPU
    std::vector<std::string> extra;  // "SYSTEM" or "SYSTEM:EVENT" beside mmuwitness
};

class Recorder {
  public:
    static Result<std::unique_ptr<Recorder>> start(RecorderOptions options);
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;
    ~Recorder();  // removes the instance and what is left of the spool

    // All events from the start, as they are spooled. After sync(), every event that had
    // happened before it can be read; the stream goes on where it was. The recorder must
    // outlive it; not after finish().
    Result<EventStream> stream();

    // Blocks until all events up to now are spooled, those of partial pages too.
    void sync();

    struct Loss {
        uint64_t events = 0;  // counted by the kernel: overrun, commit overrun, dropped
        std::string why;      // first error of the recording (disk full), or empty
    };
    Loss loss();

    // Stops, writes trace.dat and removes the spool and the instance. On an error (disk
    // full) no file is left at path.
    Result<void> finish(const std::string& path);

  private:
    Recorder(RecorderOptions options, Instance instance);
    Result<void> setup();
    void run();
    void drain_all();
    void note_error();  // mutex_ held, or the thread gone
    Result<std::string> read_header(const char* file) const;
    void stop();
    Result<DatContents> contents();

    RecorderOptions options_;
    size_t page_ = 4096;
    size_t data_ = 16;
    std::shared_ptr<const Decoder> decoder_;
    std::string header_page_;
    std::vector<FormatFile> formats_;
    // Spools hold files of the instance open: they are declared after it, and go before.
    Instance instance_;
    std::vector<Spool> spools_;

    std::mutex mutex_;  // guards what follows
    std::condition_variable wake_, done_;
    uint64_t wanted_ = 0;  // syncs asked for
    uint64_t synced_ = 0;  // passes that began after that many were asked for
    bool stop_ = false;
    std::string error_;  // the first of a spool
    std::thread thread_;
};

}  // namespace mmuw
