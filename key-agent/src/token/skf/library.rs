//! A SKF library (GM/T 0016) as it is loaded: the one place of this program that calls C.
//!
//! Owns the signatures of the functions, the buffers they write into and the bounds on what they say they wrote. What a
//! library does inside this process cannot be bounded: whoever configures one trusts it (ADR 0007). Does not know what
//! the calls are for.
//!
//! Numbers are 32 bits wide in GM/T 0016, but some libraries for 64-bit systems write 64: every place for one is 8
//! octets wide and zero beforehand. Structures are read octet by octet, so that no packing matters.
#![expect(
    unsafe_code,
    reason = "vendors' SKF libraries speak C; the calls are gathered in this file"
)]

use std::ffi::{CStr, CString, c_char, c_void};
use std::path::Path;
use std::ptr::null_mut;

use libloading::Library;

use super::failure::told;
use crate::token::TokenError;
use crate::token::told::THINGS_MAX;

/// `USER_TYPE`.
const USER: u32 = 1;

/// Room for a list of names.
const NAMES_ROOM: usize = 16 * 1024;
/// Room for `DEVINFO`: some 300 octets, and what newer editions add.
const DEVICE_INFO_ROOM: usize = 2048;
/// Room for `FILEATTRIBUTE`, likewise.
const FILE_INFO_ROOM: usize = 512;

/// A handle of a library; worth nothing outside its thread.
type Handle = *mut c_void;

/// A number that a library writes.
#[repr(C, align(8))]
#[derive(Default)]
struct Number([u32; 2]);

impl Number {
    fn of(value: usize) -> Self {
        Self([u32::try_from(value).unwrap_or(u32::MAX), 0])
    }

    fn place(&mut self) -> *mut u32 {
        self.0.as_mut_ptr()
    }

    fn get(&self) -> usize {
        // The low half comes first on every system such libraries exist for.
        usize::try_from(self.0[0]).unwrap_or(usize::MAX)
    }
}

type Enumerate = unsafe extern "system" fn(Handle, *mut c_char, *mut u32) -> u32;
type OpenNamed = unsafe extern "system" fn(Handle, *const c_char, *mut Handle) -> u32;
type Close = unsafe extern "system" fn(Handle) -> u32;

/// The functions of a library that is loaded. It is never unloaded: vendors' libraries leave threads behind.
pub(super) struct Functions {
    enum_dev: unsafe extern "system" fn(u32, *mut c_char, *mut u32) -> u32,
    connect_dev: unsafe extern "system" fn(*const c_char, *mut Handle) -> u32,
    disconnect_dev: Close,
    get_dev_info: unsafe extern "system" fn(Handle, *mut u8) -> u32,
    enum_application: Enumerate,
    open_application: OpenNamed,
    close_application: Close,
    enum_container: Enumerate,
    open_container: OpenNamed,
    close_container: Close,
    export_certificate: unsafe extern "system" fn(Handle, u32, *mut u8, *mut u32) -> u32,
    get_pin_info: unsafe extern "system" fn(Handle, u32, *mut u32, *mut u32, *mut u32) -> u32,
    verify_pin: unsafe extern "system" fn(Handle, u32, *const c_char, *mut u32) -> u32,
    clear_secure_state: Close,
    rsa_sign: unsafe extern "system" fn(Handle, *const u8, u32, *mut u8, *mut u32) -> u32,
    ecc_sign: unsafe extern "system" fn(Handle, *const u8, u32, *mut u8) -> u32,
    enum_files: Enumerate,
    get_file_info: unsafe extern "system" fn(Handle, *const c_char, *mut u8) -> u32,
    read_file: unsafe extern "system" fn(Handle, *const c_char, u32, u32, *mut u8, *mut u32) -> u32,
}

impl Functions {
    /// Loads a library and finds its functions.
    pub(super) fn load(path: &Path) -> Result<Self, TokenError> {
        let failed = |reason: &str| TokenError::Driver(reason.to_owned());
        if !path.is_file() {
            return Err(failed("its file is not there"));
        }
        // SAFETY: runs the library's initialisers. The person who configured it decided to trust it.
        let library = unsafe { Library::new(path) }.or(Err(failed("it cannot be loaded")))?;
        // Never dropped, so the functions found in it stay valid as long as the process lives.
        let library: &'static Library = Box::leak(Box::new(library));
        let missing = failed("it is no SKF library, or lacks functions");
        macro_rules! found {
            ($name:literal) => {{
                // SAFETY: the types above are those of GM/T 0016 for the function of this name.
                *unsafe { library.get(concat!($name, "\0").as_bytes()) }.or(Err(missing.clone()))?
            }};
        }
        Ok(Self {
            enum_dev: found!("SKF_EnumDev"),
            connect_dev: found!("SKF_ConnectDev"),
            disconnect_dev: found!("SKF_DisConnectDev"),
            get_dev_info: found!("SKF_GetDevInfo"),
            enum_application: found!("SKF_EnumApplication"),
            open_application: found!("SKF_OpenApplication"),
            close_application: found!("SKF_CloseApplication"),
            enum_container: found!("SKF_EnumContainer"),
            open_container: found!("SKF_OpenContainer"),
            close_container: found!("SKF_CloseContainer"),
            export_certificate: found!("SKF_ExportCertificate"),
            get_pin_info: found!("SKF_GetPINInfo"),
            verify_pin: found!("SKF_VerifyPIN"),
            clear_secure_state: found!("SKF_ClearSecureState"),
            rsa_sign: found!("SKF_RSASignData"),
            ecc_sign: found!("SKF_ECCSignData"),
            enum_files: found!("SKF_EnumFiles"),
            get_file_info: found!("SKF_GetFileInfo"),
            read_file: found!("SKF_ReadFile"),
        })
    }

    /// Names of the devices that are plugged in.
    pub(super) fn devices(&self) -> Result<Vec<CString>, TokenError> {
        names("SKF_EnumDev", |place, size| {
            // SAFETY: `place` has room for `size` octets.
            unsafe { (self.enum_dev)(1, place, size) }
        })
    }

    /// Connects to a device.
    pub(super) fn connect(&'static self, name: &CStr) -> Result<Device, TokenError> {
        let mut handle = null_mut();
        // SAFETY: a string that ends, and a place for a pointer.
        told("SKF_ConnectDev", unsafe {
            (self.connect_dev)(name.as_ptr(), &raw mut handle)
        })?;
        Ok(Device(Open::new(self, handle, self.disconnect_dev)))
    }
}

/// Something open, closed when it goes. What is inside of it has to go first.
struct Open {
    functions: &'static Functions,
    handle: Handle,
    close: Close,
}

impl Open {
    fn new(functions: &'static Functions, handle: Handle, close: Close) -> Self {
        Self {
            functions,
            handle,
            close,
        }
    }

    fn names(&self, call: &'static str, list: Enumerate) -> Result<Vec<CString>, TokenError> {
        names(call, |place, size| {
            // SAFETY: an open handle; `place` has room for `size` octets.
            unsafe { list(self.handle, place, size) }
        })
    }

    fn enter(
        &self,
        call: &'static str,
        open: OpenNamed,
        name: &CStr,
    ) -> Result<Handle, TokenError> {
        let mut handle = null_mut();
        // SAFETY: an open handle, a string that ends, and a place for a pointer.
        told(call, unsafe {
            open(self.handle, name.as_ptr(), &raw mut handle)
        })?;
        Ok(handle)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        // SAFETY: this handle was opened by this library and is closed once. A failure changes nothing.
        let _code = unsafe { (self.close)(self.handle) };
    }
}

/// A device that is connected.
pub(super) struct Device(Open);

impl Device {
    /// `DEVINFO`, as octets.
    pub(super) fn info(&self) -> Result<Vec<u8>, TokenError> {
        let mut room = vec![0; DEVICE_INFO_ROOM];
        // SAFETY: an open handle, and far more room than the structure takes.
        told("SKF_GetDevInfo", unsafe {
            (self.0.functions.get_dev_info)(self.0.handle, room.as_mut_ptr())
        })?;
        Ok(room)
    }

    /// Names of its applications.
    pub(super) fn applications(&self) -> Result<Vec<CString>, TokenError> {
        self.0
            .names("SKF_EnumApplication", self.0.functions.enum_application)
    }

    /// Opens an application.
    pub(super) fn application(&self, name: &CStr) -> Result<Application, TokenError> {
        let functions = self.0.functions;
        let handle = self
            .0
            .enter("SKF_OpenApplication", functions.open_application, name)?;
        Ok(Application(Open::new(
            functions,
            handle,
            functions.close_application,
        )))
    }
}

/// An application that is open.
pub(super) struct Application(Open);

/// Tries of a PIN.
#[derive(Clone, Copy)]
pub(super) struct Counter {
    pub(super) max: usize,
    pub(super) left: usize,
}

impl Application {
    /// Names of its containers.
    pub(super) fn containers(&self) -> Result<Vec<CString>, TokenError> {
        self.0
            .names("SKF_EnumContainer", self.0.functions.enum_container)
    }

    /// Opens a container.
    pub(super) fn container(&self, name: &CStr) -> Result<Container, TokenError> {
        let functions = self.0.functions;
        let handle = self
            .0
            .enter("SKF_OpenContainer", functions.open_container, name)?;
        Ok(Container(Open::new(
            functions,
            handle,
            functions.close_container,
        )))
    }

    /// The tries of the user's PIN.
    pub(super) fn counter(&self) -> Result<Counter, TokenError> {
        let (mut max, mut left, mut unchanged) = <(Number, Number, Number)>::default();
        // SAFETY: an open handle and three places for numbers.
        told("SKF_GetPINInfo", unsafe {
            (self.0.functions.get_pin_info)(
                self.0.handle,
                USER,
                max.place(),
                left.place(),
                unchanged.place(),
            )
        })?;
        Ok(Counter {
            max: max.get(),
            left: left.get(),
        })
    }

    /// Shows the user's PIN. A refusal comes with the tries left, as the device counts them.
    pub(super) fn verify(&self, pin: &CStr) -> (Result<(), TokenError>, usize) {
        let mut left = Number::default();
        // SAFETY: an open handle, a string that ends, and a place for a number.
        let code = unsafe {
            (self.0.functions.verify_pin)(self.0.handle, USER, pin.as_ptr(), left.place())
        };
        (told("SKF_VerifyPIN", code), left.get())
    }

    /// Forgets that the PIN was shown.
    pub(super) fn forget_pin(&self) {
        // SAFETY: an open handle. A failure changes nothing: the application is closed next.
        let _code = unsafe { (self.0.functions.clear_secure_state)(self.0.handle) };
    }

    /// Names of its files.
    pub(super) fn files(&self) -> Result<Vec<CString>, TokenError> {
        self.0.names("SKF_EnumFiles", self.0.functions.enum_files)
    }

    /// Length of a file: `FILEATTRIBUTE` is a name of 32 octets, then the length.
    pub(super) fn file_length(&self, name: &CStr) -> Result<usize, TokenError> {
        let mut room = vec![0; FILE_INFO_ROOM];
        // SAFETY: an open handle, a string that ends, and far more room than the structure takes.
        told("SKF_GetFileInfo", unsafe {
            (self.0.functions.get_file_info)(self.0.handle, name.as_ptr(), room.as_mut_ptr())
        })?;
        let length = room.get(32..36).and_then(|four| four.try_into().ok());
        let length = length.map_or(0, u32::from_ne_bytes);
        Ok(usize::try_from(length).unwrap_or(usize::MAX))
    }

    /// A part of a file.
    pub(super) fn read(
        &self,
        name: &CStr,
        offset: u32,
        size: usize,
    ) -> Result<Vec<u8>, TokenError> {
        let wanted = u32::try_from(size).unwrap_or(u32::MAX);
        filled("SKF_ReadFile", size, |place, length| {
            // SAFETY: an open handle, a string that ends, and room for `length` octets.
            unsafe {
                let handle = self.0.handle;
                (self.0.functions.read_file)(handle, name.as_ptr(), offset, wanted, place, length)
            }
        })
    }
}

/// A container that is open.
pub(super) struct Container(Open);

impl Container {
    /// One of the two certificates.
    pub(super) fn certificate(&self, signing: bool, room: usize) -> Result<Vec<u8>, TokenError> {
        filled("SKF_ExportCertificate", room, |place, length| {
            let handle = self.0.handle;
            // SAFETY: an open handle and room for `length` octets.
            unsafe { (self.0.functions.export_certificate)(handle, signing.into(), place, length) }
        })
    }

    /// Signs what an RSA key is to pad.
    pub(super) fn rsa_sign(&self, input: &[u8], room: usize) -> Result<Vec<u8>, TokenError> {
        let octets = u32::try_from(input.len()).unwrap_or(u32::MAX);
        filled("SKF_RSASignData", room, |place, length| {
            let handle = self.0.handle;
            // SAFETY: an open handle, input of that length, and room for `length` octets.
            unsafe { (self.0.functions.rsa_sign)(handle, input.as_ptr(), octets, place, length) }
        })
    }

    /// Signs a digest with SM2: `ECCSIGNATUREBLOB`, r and s in 64 octets each.
    pub(super) fn ecc_sign(&self, digest: &[u8; 32]) -> Result<Vec<u8>, TokenError> {
        let mut room = vec![0; 1024];
        // SAFETY: an open handle, input of 32 octets, and far more room than the structure takes.
        told("SKF_ECCSignData", unsafe {
            (self.0.functions.ecc_sign)(self.0.handle, digest.as_ptr(), 32, room.as_mut_ptr())
        })?;
        room.truncate(128);
        Ok(room)
    }
}

/// What a library writes into a buffer, no more than the buffer holds.
fn filled(
    call: &'static str,
    room: usize,
    write: impl FnOnce(*mut u8, *mut u32) -> u32,
) -> Result<Vec<u8>, TokenError> {
    let mut octets = vec![0; room];
    let mut length = Number::of(room);
    told(call, write(octets.as_mut_ptr(), length.place()))?;
    if length.get() > room {
        return Err(TokenError::Driver(format!("{call} answers too much")));
    }
    octets.truncate(length.get());
    Ok(octets)
}

/// A list of names: each ends with a zero, the list with another.
fn names(
    call: &'static str,
    write: impl FnOnce(*mut c_char, *mut u32) -> u32,
) -> Result<Vec<CString>, TokenError> {
    let octets = filled(call, NAMES_ROOM, |place, length| {
        write(place.cast(), length)
    })?;
    Ok(octets
        .split(|octet| *octet == 0)
        .take_while(|name| !name.is_empty())
        .take(THINGS_MAX)
        .filter_map(|name| CString::new(name).ok())
        .collect())
}
