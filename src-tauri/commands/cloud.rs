//! The cloud: who is signed in, lists, changes.

use crate::{
    notice::{self, Notice},
    paths::meant,
    state::{Answer, answer},
};
use gameforge_domain::{NotificationId, ProjectId};
use gameforge_studio::cloud::Cloud;
use gameforge_wire::{
    CloudAct, CloudAsk, CloudDone, CloudList, CloudLook, CloudPeople, CloudState, CloudWelcome,
    UnsentComment,
};
use tauri::{AppHandle, State};

/// How the Studio stands to its cloud.
#[tauri::command]
#[specta::specta]
pub async fn cloud_state(cloud: State<'_, Cloud>) -> Answer<CloudState> {
    Ok(cloud.state())
}

/// Ways to sign in at the chosen cloud, and texts to agree to.
#[tauri::command]
#[specta::specta]
pub async fn cloud_welcome(cloud: State<'_, Cloud>, locale: String) -> Answer<CloudWelcome> {
    answer(cloud.welcome(&locale).await)
}

/// A list as it is known here; with `hear` a newer one is asked for, and an event follows.
#[tauri::command]
#[specta::specta]
pub async fn cloud_list(cloud: State<'_, Cloud>, ask: CloudAsk, hear: bool) -> Answer<CloudList> {
    answer(cloud.list(&ask, hear))
}

/// Does something at the cloud.
#[tauri::command]
#[specta::specta]
pub async fn cloud_act(cloud: State<'_, Cloud>, act: CloudAct) -> Answer<CloudDone> {
    answer(cloud.act(act).await)
}

/// Comments that wait to be sent.
#[tauri::command]
#[specta::specta]
pub async fn cloud_unsent(cloud: State<'_, Cloud>) -> Answer<Vec<UnsentComment>> {
    Ok(cloud.unsent())
}

/// People of a project that can be mentioned.
#[tauri::command]
#[specta::specta]
pub async fn cloud_people(
    cloud: State<'_, Cloud>,
    project: ProjectId,
    begins: String,
) -> Answer<CloudPeople> {
    answer(cloud.people(project, &begins).await)
}

/// Tells the others what is looked at.
#[tauri::command]
#[specta::specta]
pub async fn cloud_look(cloud: State<'_, Cloud>, place: CloudLook) -> Answer<()> {
    cloud.look(place);
    Ok(())
}

/// The project that a library belongs to.
#[tauri::command]
#[specta::specta]
pub async fn cloud_project(cloud: State<'_, Cloud>, library: String) -> Answer<Option<ProjectId>> {
    Ok(cloud.project_of(&meant(&library)))
}

/// Chooses it, or none.
#[tauri::command]
#[specta::specta]
pub async fn cloud_choose_project(
    cloud: State<'_, Cloud>,
    library: String,
    project: Option<ProjectId>,
) -> Answer<()> {
    answer(cloud.choose_project(&meant(&library), project))
}

/// Tells the desktop of a notification, unless the window is in front. Whether it was told there: else the window shows
/// it itself.
#[tauri::command]
#[specta::specta]
pub async fn cloud_notice(
    app: AppHandle,
    about: NotificationId,
    title: String,
    body: String,
) -> Answer<bool> {
    Ok(notice::show(&app, Notice { about, title, body }).await)
}
