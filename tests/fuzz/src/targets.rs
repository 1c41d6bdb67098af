//! The targets: each panics when its parser broke a promise.
#![expect(clippy::unwrap_used, reason = "a target fails by panicking")]

mod files;
mod messages;
mod provider;
mod requests;
mod template;
mod values;

/// One parser of outside bytes.
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// Feeds it; panics when something is wrong.
    pub run: fn(&[u8]),
    /// Real inputs.
    pub samples: fn() -> Vec<Vec<u8>>,
    /// Inputs in a test run: fewer where one takes longer.
    pub tries: u32,
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target {
        name: "text_file",
        run: files::text_file,
        samples: files::text_samples,
        tries: 1_500,
    },
    Target {
        name: "workbook",
        run: files::workbook,
        samples: files::workbook_samples,
        tries: 300,
    },
    Target {
        name: "workbook_part",
        run: files::workbook_part,
        samples: files::part_samples,
        tries: 200,
    },
    Target {
        name: "ods_part",
        run: files::ods_part,
        samples: files::ods_part_samples,
        tries: 300,
    },
    Target {
        name: "xlsb_part",
        run: files::xlsb_part,
        samples: files::xlsb_part_samples,
        tries: 300,
    },
    Target {
        name: "phone_number",
        run: values::phone_number,
        samples: values::phone_samples,
        tries: 20_000,
    },
    Target {
        name: "csv_cell",
        run: files::csv_cell,
        samples: files::cell_samples,
        tries: 5_000,
    },
    Target {
        name: "webhook",
        run: messages::webhook,
        samples: messages::webhook_samples,
        tries: 5_000,
    },
    Target {
        name: "signature",
        run: messages::signature,
        samples: messages::signature_samples,
        tries: 5_000,
    },
    Target {
        name: "provider_answer",
        run: provider::provider_answer,
        samples: provider::samples,
        tries: 1000,
    },
    Target {
        name: "gateway_event",
        run: requests::gateway_event,
        samples: requests::gateway_samples,
        tries: 2000,
    },
    Target {
        name: "api_request",
        run: requests::api_request,
        samples: requests::api_samples,
        tries: 400,
    },
    Target {
        name: "function_events",
        run: messages::function_events,
        samples: messages::event_samples,
        tries: 10_000,
    },
    Target {
        name: "cursor",
        run: values::cursor,
        samples: values::cursor_samples,
        tries: 20_000,
    },
    Target {
        name: "ids",
        run: values::ids,
        samples: values::id_samples,
        tries: 20_000,
    },
    Target {
        name: "calling_hours",
        run: values::calling_hours,
        samples: values::calling_hours_samples,
        tries: 5_000,
    },
    Target {
        name: "audio_length",
        run: files::audio_length,
        samples: files::audio_samples,
        tries: 1_000,
    },
    Target {
        name: "template",
        run: template::template,
        samples: template::samples,
        tries: 300,
    },
];

/// Samples from a folder of the project, at most 64 KiB each.
fn from_folder(folder: &str) -> Vec<Vec<u8>> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let files = std::fs::read_dir(root.join(folder))
        .into_iter()
        .flatten()
        .flatten();
    let mut paths: Vec<_> = files
        .map(|file| file.path())
        .filter(|path| path.is_file())
        .collect();
    // A folder has no order, and a seed is to give the same inputs everywhere.
    paths.sort();
    paths.iter().filter_map(|path| std::fs::read(path).ok()).collect()
}
