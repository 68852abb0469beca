//! A SKF library (GM/T 0016) that stands for a vendor's in tests.
//!
//! Its devices are folders beside the shared library's own file, so that a test copies the library into a folder of its
//! own and has devices of its own:
//!
//! ```text
//! <folder of the library>/devices/<DEVICE>/device             lines `label=…`, `serial=…`, `pin=…`, `tries=…`
//! <folder of the library>/devices/<DEVICE>/removed            while it is there, the device is pulled out
//! <folder of the library>/devices/<DEVICE>/<APPLICATION>/<CONTAINER>/{signing.der, signing.key, encryption.der}
//! <folder of the library>/devices/<DEVICE>/<APPLICATION>/<FILE>
//! <folder of the library>/faults                              lines `SKF_Name CODE`, `SKF_Name long` or `SKF_Name hang MS`
//! <folder of the library>/calls                               the name of every call, appended
//! ```
//!
//! Owns the doors: the functions of the standard that the agent uses, and the faults that a test asks for. Does not know
//! keys (`keys`) or folders (`devices`).

mod devices;
mod keys;
mod objects;

use std::ffi::{CStr, c_char, c_void};
use std::fs;
use std::time::Duration;

use devices::{Application, Container, Device};
use objects::Object;

type Handle = *mut c_void;

const OK: u32 = 0;
const FAIL: u32 = 0x0A00_0001;
const INVALID_HANDLE: u32 = 0x0A00_0005;
const INVALID_PARAMETER: u32 = 0x0A00_0006;
const BUFFER_TOO_SMALL: u32 = 0x0A00_0020;
const KEY_NOT_FOUND: u32 = 0x0A00_001B;
const CERTIFICATE_NOT_FOUND: u32 = 0x0A00_001C;
const DEVICE_REMOVED: u32 = 0x0A00_0023;
const PIN_INCORRECT: u32 = 0x0A00_0024;
const PIN_LOCKED: u32 = 0x0A00_0025;
const PIN_LENGTH: u32 = 0x0A00_0027;
const NOT_LOGGED_IN: u32 = 0x0A00_002D;
const NO_SUCH_APPLICATION: u32 = 0x0A00_002E;
const NO_SUCH_FILE: u32 = 0x0A00_0031;

/// What a call does: its code is an error's, or 0.
type Done = Result<(), u32>;

/// One call: written down, disturbed as the test asks, done.
fn call(name: &str, work: impl FnOnce(&mut bool) -> Done) -> u32 {
    devices::write_down(name);
    let mut long = false;
    let faults = fs::read_to_string(devices::base().join("faults")).unwrap_or_default();
    for line in faults.lines() {
        let mut words = line.split_whitespace();
        if words.next() != Some(name) {
            continue;
        }
        match words.next() {
            // A length that is a lie, or (`SKF_GetPINInfo`) a count that says nothing.
            Some("long" | "silent") => long = true,
            Some("hang") => {
                let time = words.next().and_then(|word| word.parse().ok());
                std::thread::sleep(Duration::from_millis(time.unwrap_or_default()));
            }
            Some(code) => return u32::from_str_radix(code, 16).unwrap_or(FAIL),
            None => {}
        }
    }
    match work(&mut long) {
        Ok(()) => OK,
        Err(code) => code,
    }
}

/// # Safety
/// The string ends with a zero.
unsafe fn text(name: *const c_char) -> Result<String, u32> {
    if name.is_null() {
        return Err(INVALID_PARAMETER);
    }
    // SAFETY: the caller's promise.
    let name = unsafe { CStr::from_ptr(name) };
    name.to_str()
        .map(str::to_owned)
        .map_err(|_error| INVALID_PARAMETER)
}

/// Answers octets as the standard says: their length where no buffer is given. A "long" answer lies about its length.
///
/// # Safety
/// `place` has room for `*size` octets, or is null.
unsafe fn answer(octets: &[u8], place: *mut u8, size: *mut u32, long: bool) -> Done {
    // SAFETY: a place for a number.
    let room = unsafe { *size } as usize;
    let told = if long {
        u32::MAX - 15
    } else {
        u32::try_from(octets.len()).unwrap_or(u32::MAX)
    };
    // SAFETY: likewise.
    unsafe { *size = told };
    if place.is_null() {
        return Ok(());
    }
    if room < octets.len() {
        return Err(BUFFER_TOO_SMALL);
    }
    // SAFETY: there is room, as was just looked up.
    unsafe { place.copy_from_nonoverlapping(octets.as_ptr(), octets.len()) };
    Ok(())
}

fn list(names: &[String]) -> Vec<u8> {
    let mut octets = Vec::new();
    for name in names {
        octets.extend_from_slice(name.as_bytes());
        octets.push(0);
    }
    octets.push(0);
    octets
}

/// # Safety
/// As the standard says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SKF_EnumDev(_present: u32, names: *mut u8, size: *mut u32) -> u32 {
    call("SKF_EnumDev", |long| unsafe {
        answer(&list(&Device::all()), names, size, *long)
    })
}

/// # Safety
/// As the standard says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SKF_ConnectDev(name: *const c_char, handle: *mut Handle) -> u32 {
    call("SKF_ConnectDev", |_| unsafe {
        let device = Device::present(&text(name)?).ok_or(DEVICE_REMOVED)?;
        *handle = objects::keep(Object::Device(device));
        Ok(())
    })
}

fn closed(name: &str, handle: Handle) -> u32 {
    call(name, |_| {
        objects::forget(handle).then_some(()).ok_or(INVALID_HANDLE)
    })
}

/// Closes.
#[unsafe(no_mangle)]
pub extern "C" fn SKF_DisConnectDev(handle: Handle) -> u32 {
    closed("SKF_DisConnectDev", handle)
}

/// Closes.
#[unsafe(no_mangle)]
pub extern "C" fn SKF_CloseApplication(handle: Handle) -> u32 {
    closed("SKF_CloseApplication", handle)
}

/// Closes.
#[unsafe(no_mangle)]
pub extern "C" fn SKF_CloseContainer(handle: Handle) -> u32 {
    closed("SKF_CloseContainer", handle)
}

fn device(handle: Handle) -> Result<Device, u32> {
    match objects::find(handle) {
        Some(Object::Device(device)) => device.if_present().ok_or(DEVICE_REMOVED),
        _ => Err(INVALID_HANDLE),
    }
}

fn application(handle: Handle) -> Result<Application, u32> {
    match objects::find(handle) {
        Some(Object::Application(application)) => {
            application.device.if_present().ok_or(DEVICE_REMOVED)?;
            Ok(application)
        }
        _ => Err(INVALID_HANDLE),
    }
}

fn container(handle: Handle) -> Result<Container, u32> {
    match objects::find(handle) {
        Some(Object::Container(container)) => {
            container
                .application
                .device
                .if_present()
                .ok_or(DEVICE_REMOVED)?;
            Ok(container)
        }
        _ => Err(INVALID_HANDLE),
    }
}

/// # Safety
/// As the standard says: `info` is a `DEVINFO` of 294 octets.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SKF_GetDevInfo(handle: Handle, info: *mut u8) -> u32 {
    call("SKF_GetDevInfo", |_| {
        let octets = device(handle)?.info();
        // SAFETY: the caller's promise.
        unsafe { info.copy_from_nonoverlapping(octets.as_ptr(), octets.len()) };
        Ok(())
    })
}

/// # Safety
/// As the standard says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SKF_EnumApplication(
    handle: Handle,
    names: *mut u8,
    size: *mut u32,
) -> u32 {
    call("SKF_EnumApplication", |long| unsafe {
        answer(&list(&device(handle)?.applications()), names, size, *long)
    })
}

/// # Safety
/// As the standard says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SKF_OpenApplication(
    handle: Handle,
    name: *const c_char,
    opened: *mut Handle,
) -> u32 {
    call("SKF_OpenApplication", |_| unsafe {
        let application = device(handle)?.application(&text(name)?);
        let application = application.ok_or(NO_SUCH_APPLICATION)?;
        *opened = objects::keep(Object::Application(application));
        Ok(())
    })
}

/// # Safety
/// As the standard says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SKF_EnumContainer(handle: Handle, names: *mut u8, size: *mut u32) -> u32 {
    call("SKF_EnumContainer", |long| unsafe {
        answer(
            &list(&application(handle)?.containers()),
            names,
            size,
            *long,
        )
    })
}

/// # Safety
/// As the standard says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SKF_OpenContainer(
    handle: Handle,
    name: *const c_char,
    opened: *mut Handle,
) -> u32 {
    call("SKF_OpenContainer", |_| unsafe {
        let container = application(handle)?.container(&text(name)?);
        *opened = objects::keep(Object::Container(container.ok_or(FAIL)?));
        Ok(())
    })
}

/// # Safety
/// As the standard says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SKF_ExportCertificate(
    handle: Handle,
    signing: u32,
    place: *mut u8,
    size: *mut u32,
) -> u32 {
    call("SKF_ExportCertificate", |long| {
        let name = if signing == 0 {
            "encryption.der"
        } else {
            "signing.der"
        };
        let octets = container(handle)?.file(name).ok_or(CERTIFICATE_NOT_FOUND)?;
        // SAFETY: the caller's promise.
        unsafe { answer(&octets, place, size, *long) }
    })
}

/// # Safety
/// As the standard says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SKF_GetPINInfo(
    handle: Handle,
    _kind: u32,
    max: *mut u32,
    left: *mut u32,
    unchanged: *mut u32,
) -> u32 {
    call("SKF_GetPINInfo", |silent| {
        let application = application(handle)?;
        let (of, now) = if *silent {
            (0, 0)
        } else {
            (application.device.tries(), application.tries_left())
        };
        // SAFETY: the caller's promise.
        unsafe {
            *max = of;
            *left = now;
            *unchanged = 0;
        }
        Ok(())
    })
}

/// # Safety
/// As the standard says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SKF_VerifyPIN(
    handle: Handle,
    _kind: u32,
    pin: *const c_char,
    left: *mut u32,
) -> u32 {
    call("SKF_VerifyPIN", |_| {
        let application = application(handle)?;
        // SAFETY: the caller's promise.
        let pin = unsafe { text(pin)? };
        if !(6..=16).contains(&pin.len()) {
            return Err(PIN_LENGTH);
        }
        let before = application.tries_left();
        if before == 0 {
            return Err(PIN_LOCKED);
        }
        let right = pin == application.device.pin();
        let after = if right {
            application.device.tries()
        } else {
            before - 1
        };
        application.set_tries_left(after);
        // SAFETY: the caller's promise.
        unsafe { *left = after };
        if right {
            objects::log_in(&application);
            Ok(())
        } else if after == 0 {
            Err(PIN_LOCKED)
        } else {
            Err(PIN_INCORRECT)
        }
    })
}

/// Logs out.
#[unsafe(no_mangle)]
pub extern "C" fn SKF_ClearSecureState(handle: Handle) -> u32 {
    call("SKF_ClearSecureState", |_| {
        objects::log_out(&application(handle)?);
        Ok(())
    })
}

fn key(handle: Handle) -> Result<Vec<u8>, u32> {
    let container = container(handle)?;
    if !objects::is_logged_in(&container.application) {
        return Err(NOT_LOGGED_IN);
    }
    container.file("signing.key").ok_or(KEY_NOT_FOUND)
}

/// # Safety
/// As the standard says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SKF_RSASignData(
    handle: Handle,
    data: *const u8,
    octets: u32,
    place: *mut u8,
    size: *mut u32,
) -> u32 {
    call("SKF_RSASignData", |long| unsafe {
        let data = std::slice::from_raw_parts(data, octets as usize);
        let signature = keys::rsa(&key(handle)?, data).ok_or(FAIL)?;
        answer(&signature, place, size, *long)
    })
}

/// # Safety
/// As the standard says: `blob` is an `ECCSIGNATUREBLOB` of 128 octets.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SKF_ECCSignData(
    handle: Handle,
    data: *const u8,
    octets: u32,
    blob: *mut u8,
) -> u32 {
    call("SKF_ECCSignData", |long| unsafe {
        let data = std::slice::from_raw_parts(data, octets as usize);
        let mut signature = keys::sm2(&key(handle)?, data).ok_or(FAIL)?;
        if *long {
            // Numbers longer than 32 octets.
            signature.fill(0xFF);
        }
        blob.copy_from_nonoverlapping(signature.as_ptr(), signature.len());
        Ok(())
    })
}

/// # Safety
/// As the standard says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SKF_EnumFiles(handle: Handle, names: *mut u8, size: *mut u32) -> u32 {
    call("SKF_EnumFiles", |long| unsafe {
        answer(&list(&application(handle)?.files()), names, size, *long)
    })
}

/// # Safety
/// As the standard says: `info` is a `FILEATTRIBUTE` of 44 octets.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SKF_GetFileInfo(
    handle: Handle,
    name: *const c_char,
    info: *mut u8,
) -> u32 {
    call("SKF_GetFileInfo", |long| {
        // SAFETY: the caller's promise.
        let name = unsafe { text(name)? };
        let octets = application(handle)?.file(&name).ok_or(NO_SUCH_FILE)?;
        let length = if *long {
            u32::MAX
        } else {
            u32::try_from(octets.len()).unwrap_or(0)
        };
        let mut attribute = [0; 44];
        for (place, octet) in attribute.iter_mut().zip(name.bytes().take(32)) {
            *place = octet;
        }
        for (place, octet) in attribute.iter_mut().skip(32).zip(length.to_ne_bytes()) {
            *place = octet;
        }
        // SAFETY: the caller's promise.
        unsafe { info.copy_from_nonoverlapping(attribute.as_ptr(), attribute.len()) };
        Ok(())
    })
}

/// # Safety
/// As the standard says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SKF_ReadFile(
    handle: Handle,
    name: *const c_char,
    offset: u32,
    wanted: u32,
    place: *mut u8,
    size: *mut u32,
) -> u32 {
    call("SKF_ReadFile", |long| {
        // SAFETY: the caller's promise.
        let name = unsafe { text(name)? };
        let octets = application(handle)?.file(&name).ok_or(NO_SUCH_FILE)?;
        let part = octets.iter().skip(offset as usize).take(wanted as usize);
        let part: Vec<u8> = part.copied().collect();
        // SAFETY: the caller's promise.
        unsafe { answer(&part, place, size, *long) }
    })
}
